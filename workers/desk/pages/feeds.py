"""The feeds that are polled: how each fares. They are added and paused on the command line."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.desk.answers import as_json
from workers.desk.api.parameters import Parameters
from workers.desk.pages.rendering import page
from workers.fetching.urls import shown
from workers.store import feeds as store
from workers.store.database import database


def _rows() -> list[dict[str, object]]:
    with database().reading() as session:
        return [
            {
                "number": each.feed.number,
                "url": shown(each.feed.url),
                "title": each.feed.title,
                "state": each.feed.state,
                "last_success": each.feed.succeeded,
                "next_poll": each.feed.due if each.feed.state == "active" else None,
                "articles_a_day": round(each.articles_a_day, 1),
                "pages_waiting": each.pages_waiting,
                "errors": each.feed.errors,
                "error": each.feed.error,
            }
            for each in store.summaries(session)
        ]


def feeds(request: Request) -> Response:
    """The page."""
    Parameters(request, ())
    return page(request, "feeds.html", {"feeds": _rows()})


def feeds_json(request: Request) -> Response:
    """Its twin."""
    Parameters(request, ())
    return as_json({"rows": _rows()})


routes = [Route("/feeds", feeds, methods=["GET"]), Route("/api/feeds", feeds_json, methods=["GET"])]
