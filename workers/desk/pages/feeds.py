"""The feeds that are polled: how each fares. They are added and paused on the command line."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.desk.answers import as_json
from workers.desk.api.parameters import Parameters
from workers.desk.pages.rendering import page
from workers.feeds.listing import rows
from workers.store.database import database


def _rows() -> list[dict[str, Any]]:
    with database().reading() as session:
        return rows(session)


def feeds(request: Request) -> Response:
    """The page."""
    Parameters(request, ())
    return page(request, "feeds.html", {"feeds": _rows()})


def feeds_json(request: Request) -> Response:
    """Its twin."""
    Parameters(request, ())
    return as_json({"rows": _rows()})


routes = [Route("/feeds", feeds, methods=["GET"]), Route("/api/feeds", feeds_json, methods=["GET"])]
