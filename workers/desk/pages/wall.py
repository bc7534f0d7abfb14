"""The wall: stories by their last change, what is disputed first, what is new since the reader last looked marked."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.desk.api.parameters import Parameters
from workers.desk.pages.forms import back_to, read_form
from workers.desk.pages.rendering import page
from workers.store.census import by_state
from workers.store.changes import last_number
from workers.store.database import database
from workers.store.read.wall import stories_changed_since
from workers.store.read.wall import wall as cards_of

_STORIES = 30
_SEEN = "wireroom_seen"
_YEAR = 365 * 86400


def wall(request: Request) -> Response:
    """The page."""
    given = Parameters(request, ("before", "disputed"))
    before, disputed = given.number("before", 0), given.text("disputed") == "yes"
    with database().reading() as session:
        cards = cards_of(session, _STORIES, before or None, disputed=disputed)
        states, latest = by_state(session), last_number(session)
    seen = _seen(request)
    return page(
        request,
        "wall.html",
        {
            "cards": cards,
            "states": states,
            "latest": latest,
            "seen": seen,
            "unseen": sum((card.story.change or 0) > seen for card in cards),
            "disputed": disputed,
            "before": before,
            "following": cards[-1].story.change if len(cards) == _STORIES else None,
        },
    )


def news(request: Request) -> Response:
    """How many stories changed since a page was shown: the line above the wall, which events have fetched again."""
    given = Parameters(request, ("since",))
    since = given.number("since", 0)
    with database().reading() as session:
        changed, disputed = stories_changed_since(session, since)
    return page(request, "news.html", {"changed": changed, "disputed_changed": disputed})


async def mark_seen(request: Request) -> Response:
    """Takes the reader's word that all up to a number was seen."""
    given = await read_form(request)
    number = given.get("number", "")
    answer = back_to("/")
    if number.isascii() and number.isdecimal() and len(number) <= 18:
        answer.set_cookie(_SEEN, number, max_age=_YEAR, httponly=True, samesite="strict")
    return answer


def _seen(request: Request) -> int:
    value = request.cookies.get(_SEEN, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= 18 else 0


routes = [
    Route("/", wall, methods=["GET"]),
    Route("/news", news, methods=["GET"]),
    Route("/seen", mark_seen, methods=["POST"]),
]
