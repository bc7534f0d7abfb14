"""`wireroom search`: documents by their words, and by what was found in them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from schemas.errors import SettingError
from workers.cli.options import DatabaseUrl, Json, output, print_json, use
from workers.store.database import database


def search(
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS...", help='As in: ferry "coast guard" measure:killed>10')
    ],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Maximum number of results.")] = 20,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Find documents; quotes, OR, minus, source:, measure:, place:, speaker:, after:, before:, language:."""
    use(database_url)
    from schemas.errors import QueryError
    from workers.store.search.index import search as found_by

    typed = " ".join(f'"{word}"' if " " in word and ":" not in word else word for word in words)
    try:
        with database().reading() as session:
            hits = found_by(session, typed, limit)
    except QueryError as error:
        raise SettingError(error.resource, error.cause, error.advice) from error
    if as_json:
        print_json(
            [
                {
                    "id": hit.document.id,
                    "title": hit.document.title,
                    "source": hit.document.source,
                    "published": hit.document.published,
                    "story_id": hit.document.story_id,
                    "snippet": hit.snippet,
                    "marks": hit.marks,
                }
                for hit in hits
            ]
        )
        return
    console = output()
    for hit in hits:
        published = f"{hit.document.published:%Y-%m-%d %H:%M}" if hit.document.published else "no date"
        head = Text(_printable(hit.document.title or hit.document.external_id or "without a title"), style="bold")
        console.print(head)
        console.print(
            Text(f"{hit.document.id[:12]}  {published}  {_printable(hit.document.source or '')}", style="dim")
        )
        snippet = Text(_printable(hit.snippet))
        for start, end in hit.marks:
            snippet.stylize("bold reverse", start, end)
        console.print(snippet, "")
    if not hits:
        console.print("no document matches")


def _printable(text: str) -> str:
    """The text with a space for every character that a terminal would obey; as long as before."""
    return "".join(c if c.isprintable() else " " for c in text)
