"""`GET /api/events`: server-sent events, which go on after `Last-Event-ID` where a listener was cut off."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from workers.desk.api.parameters import Parameters
from workers.desk.event_stream import EventRow, EventStream
from workers.store.changes import EventKind

# Seconds without an event after which a comment is sent: proxies close what is silent for a minute.
_PATIENCE = 15.0

# A browser comes back this soon (milliseconds).
_RETRY = 2_000

# Listeners at once; each costs some kilobytes.
_MOST = 1_000


class _Listeners:
    count = 0


async def events(request: Request) -> Response:
    """The stream; `story` and `kind` choose."""
    given = Parameters(request, ("story", "kind", "after"))
    feed: EventStream = request.app.state.feed
    story, kind = given.text("story"), given.text("kind")
    if kind is not None and kind not in set(EventKind):
        raise HTTPException(400, f"`kind` is one of {', '.join(EventKind)}")
    last = request.headers.get("last-event-id", "")
    known = last.isascii() and last.isdecimal() and len(last) <= 18
    number = int(last) if known else given.number("after", feed.last)
    if _Listeners.count >= _MOST:
        raise HTTPException(503, "too many listeners")
    return StreamingResponse(
        _stream(feed, number, story, kind), headers={"X-Accel-Buffering": "no"}, media_type="text/event-stream"
    )


async def _stream(feed: EventStream, number: int, story: str | None, kind: str | None) -> AsyncIterator[str]:
    _Listeners.count += 1
    try:
        yield f"retry: {_RETRY}\nid: {number}\n\n"
        async for portion in feed.after(number, _PATIENCE):
            if not portion:
                yield ": nothing new\n\n"
            for event in portion:
                if (story is None or event["story_id"] == story) and (kind is None or event["kind"] == kind):
                    yield _line(event)
    finally:
        _Listeners.count -= 1


def _line(event: EventRow) -> str:
    return f"id: {event['number']}\nevent: {event['kind']}\ndata: {json.dumps(event)}\n\n"


routes = [Route("/api/events", events, methods=["GET"])]
