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
from workers.store.read.whole import whole_documents, whole_stories


def report(session: Session, story_ids: Sequence[str]) -> str:
    """The page: each story with its counts, charts and documents, every text once (of copies the earliest) and marked.

    A story that is not there is left out.
    """
    found = whole_stories(session, story_ids)
    originals = [each["id"] for story in found for each in story["documents"] if each["copy_of"] is None]
    texts = {one["id"]: document_values(one) for one in whole_documents(session, originals)}
    stories: list[dict[str, Any]] = [
        {
            "told": story_values(session, story),
            "documents": [texts[each["id"]] for each in story["documents"] if each["id"] in texts],
        }
        for story in found
    ]
    documents = sum(len(story["documents"]) for story in found)
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
