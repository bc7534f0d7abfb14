"""Search: what was typed, and what answers to it with the words marked."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.errors import QueryError
from workers.desk.api.parameters import Parameters
from workers.desk.pages.rendering import page
from workers.store.database import database
from workers.store.search.index import Hit
from workers.store.search.index import search as found_by

_HITS = 20


def search(request: Request) -> Response:
    """The page."""
    given = Parameters(request, ("q", "before"))
    typed, before = given.text("q"), given.number("before", 0)
    hits: list[Hit] = []
    wrong = None
    if typed:
        try:
            with database().reading() as session:
                hits = found_by(session, typed, _HITS, before or None)
        except QueryError as error:
            wrong = str(error)
    return page(
        request,
        "search.html",
        {
            "typed": typed or "",
            "hits": [(hit, _pieces(hit)) for hit in hits],
            "wrong": wrong,
            "before": before,
            "following": hits[-1].number if len(hits) == _HITS else None,
        },
        400 if wrong else 200,
    )


def _pieces(hit: Hit) -> list[tuple[str, bool]]:
    """A snippet as pieces, each with whether it matched."""
    pieces, at = [], 0
    for start, end in hit.marks:
        pieces += [(hit.snippet[at:start], False), (hit.snippet[start:end], True)]
        at = end
    return [*pieces, (hit.snippet[at:], False)]


routes = [Route("/search", search, methods=["GET"])]
