"""A report: one HTML file that stands alone, opens anywhere and runs no script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

from schemas.data_files import read_text
from workers.desk.pages.document import document_values
from workers.desk.pages.rendering import templates
from workers.desk.pages.story import story_values
from workers.store.read.one import one_document, one_story


def report(session: Session, story_ids: Sequence[str]) -> str:
    """The page: each story with its counts, charts and documents, every text once (of copies the earliest) and marked.

    A story that is not there is left out.
    """
    stories: list[dict[str, Any]] = []
    documents = 0
    for story_id in story_ids:
        found = one_story(session, story_id)
        if found is None:
            continue
        ids = [each["id"] for each in found["documents"] if each["copy_of"] is None]
        texts = [one for one in (one_document(session, document_id) for document_id in ids) if one]
        documents += len(found["documents"])
        stories.append({"told": story_values(session, found), "documents": [document_values(one) for one in texts]})
    shown = {each["document"]["id"] for story in stories for each in story["documents"]}
    title = stories[0]["told"]["story"]["title"] if len(stories) == 1 else "Stories"

    def link_document(document_id: str) -> str:
        return f"#document-{document_id}" if document_id in shown else "#main"

    return (
        templates()
        .get_template("report.html")
        .render(
            title=title or "Story",
            stories=stories,
            documents=documents,
            now=datetime.now(UTC),
            style=Markup(read_text("workers.desk", "static/desk.css")),
            standalone=True,
            link_document=link_document,
            link_claim=lambda figure: f"#claim-{figure['claim_id']}" if figure["document_id"] in shown else "#main",
        )
    )
