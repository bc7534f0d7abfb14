"""The rows of each table as JSON: pages by a number that only rises, and one document or story by its id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.desk.answers import as_json
from workers.desk.api.parameters import Parameters
from workers.store.database import database
from workers.store.read.rows import Filter, numbered_rows
from workers.store.read.whole import one_document, one_story
from workers.store.search.index import search

# Rows of a page, and characters after which it ends early: articles have no limit of length.
_ROWS, _MOST_ROWS = 100, 500
_CHARACTERS = 8_000_000

TABLES: Final = (
    "documents",
    "entities",
    "quotes",
    "claims",
    "stories",
    "counts",
    "disputes",
    "corrections",
    "failures",
)
FILTERS: Final = ("after", "limit", "source", "since", "until", "story", "measure", "place")


def _page(table: str) -> Callable[[Request], Response]:
    def page(request: Request) -> Response:
        given = Parameters(request, FILTERS)
        after, limit = given.number("after", 0), given.number("limit", _ROWS, 1, _MOST_ROWS)
        chosen = Filter(
            since=given.time("since"),
            until=given.time("until"),
            source=given.text("source"),
            story=given.text("story"),
            measure=given.text("measure"),
            place=given.text("place"),
            changed_since=after,
        )
        rows: list[dict[str, Any]] = []
        cursor, size, more = after, 0, False
        with database().reading() as session:
            # One more than the page has tells whether there are more; without it a whole further portion is read.
            for number, row in numbered_rows(session, table, chosen, limit + 1):
                # A page never parts the rows of one document or count: its number is the next page's beginning.
                if number != cursor and (len(rows) >= limit or size > _CHARACTERS):
                    more = True
                    break
                cursor = number
                size += len(row.get("text") or "")
                rows.append(row)
        return as_json({"rows": rows, "next": cursor, "more": more})

    return page


def asked(request: Request, kind: str, read: Callable[[Session, str], dict[str, Any] | None]) -> dict[str, Any]:
    """The document or story that an address names, as `read` gives it.

    Raises:
        HTTPException: 404, there is none.
    """
    Parameters(request, ())
    with database().reading() as session:
        found = read(session, request.path_params["id"])
    if found is None:
        raise HTTPException(404, f"there is no {kind} with this id")
    return found


def document(request: Request) -> Response:
    """A document with all that was found in it."""
    return as_json(asked(request, "document", one_document))


def story(request: Request) -> Response:
    """A story with its counts; a merged one leads to the story that it is part of."""
    return as_json(asked(request, "story", one_story))


def searched(request: Request) -> Response:
    """What answers to a search, latest first."""
    given = Parameters(request, ("q", "limit", "before"))
    typed = given.text("q")
    if typed is None:
        raise HTTPException(400, "`q` is missing: what to search for")
    limit, before = given.number("limit", 20, 1, 100), given.number("before", 0)
    with database().reading() as session:
        hits = search(session, typed, limit, before or None)
    rows = [
        {
            "number": hit.number,
            "id": hit.document.id,
            "title": hit.document.title,
            "source": hit.document.source,
            "published": hit.document.published,
            "url": hit.document.url,
            "story_id": hit.document.story_id,
            "snippet": hit.snippet,
            "marks": [list(mark) for mark in hit.marks],
        }
        for hit in hits
    ]
    return as_json({"rows": rows, "before": hits[-1].number if len(hits) == limit else None})


routes = [
    *(Route(f"/api/{table}", _page(table), methods=["GET"]) for table in TABLES),
    Route("/api/documents/{id}", document, methods=["GET"]),
    Route("/api/stories/{id}", story, methods=["GET"]),
    Route("/api/search", searched, methods=["GET"]),
]
