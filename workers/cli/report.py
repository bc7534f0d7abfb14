"""`wireroom report`: stories as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from schemas.errors import SettingError
from workers.cli.options import DatabaseUrl, messages, use
from workers.store.database import database

# Stories of one file, those that changed last: a page with more is read by nobody.
_STORIES = 50


def report(
    story: Annotated[
        str | None,
        typer.Argument(metavar="[STORY]", help="Id of the story, or its beginning (default: the latest stories)."),
    ] = None,
    output: Annotated[Path, typer.Option(dir_okay=False, help="The file to write.")] = Path("wireroom-report.html"),
    database_url: DatabaseUrl = None,
) -> None:
    """Write a page that stands alone: stories, who claims how many, and each text with quotes and claims marked."""
    use(database_url)
    write_report(output, story)
    messages().print(f"report written to {output}", markup=False)


def write_report(output: Path, story: str | None = None, most: int = _STORIES) -> None:
    """Writes the report of a story, or of those that changed last.

    Raises:
        SettingError: there is no such story. OSError: the file cannot be written.
    """
    from workers.desk.report import report as made
    from workers.store.read.wall import find_ids, wall
    from workers.store.read.whole import standing_story
    from workers.store.settling import settle_all

    settle_all(database())
    with database().reading() as session:
        if story is None:
            ids = [card.story.id for card in wall(session, most)]
        else:
            ids = [standing_story(session, found) for kind, found in find_ids(session, story) if kind == "story"]
            if not ids:
                raise SettingError(story, "is not the id of a story", "see `wireroom export stories`")
        page = made(session, ids)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8", errors="replace")
