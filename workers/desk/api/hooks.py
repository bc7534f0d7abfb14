"""Hooks over HTTP: listed without their secrets, added with an answer that shows the secret once, removed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.desk_tables import Hook
from schemas.errors import HookError, InputError
from schemas.hooks import HookState
from workers.desk.answers import as_json
from workers.desk.api.parameters import Parameters
from workers.desk.bodies import read_json
from workers.fetching.urls import checked, shown
from workers.store import hooks as store
from workers.store.database import database


def listed(request: Request) -> Response:
    """Every hook, as it fares."""
    Parameters(request, ())
    return as_json({"rows": rows()})


def rows() -> list[dict[str, Any]]:
    """Every hook in plain values; never its secret, nor credentials in its address."""
    with database().reading() as session:
        return [
            {
                "id": each.hook.id,
                "url": shown(each.hook.url),
                "events": each.hook.events,
                "query": each.hook.query,
                "description": each.hook.description,
                "state": each.hook.state,
                "created": each.hook.created,
                "waiting": each.waiting,
                "last_delivered": each.delivered,
                "error": each.error,
            }
            for each in store.statuses(session)
        ]


async def add(request: Request) -> Response:
    """Adds a hook: `{"url", "events": [...], "query", "description"}`; the answer alone carries its secret."""
    value = await read_json(request)
    if not isinstance(value, dict) or not isinstance(value.get("url"), str):
        raise HTTPException(400, "`url` is missing: where to send events")
    unknown = set(value) - {"url", "events", "query", "description"}
    events, texts = value.get("events") or [], (value.get("query"), value.get("description"))
    if unknown:
        raise HTTPException(400, f"unknown field {min(unknown)!r}")
    if not isinstance(events, list) or not all(isinstance(each, str) for each in events):
        raise HTTPException(400, "`events` is a list of kinds of events")
    if not all(each is None or (isinstance(each, str) and len(each) <= 1000) for each in texts):
        raise HTTPException(400, "`query` and `description` are texts")
    made = await run_in_threadpool(make, value["url"], events, *texts)
    return as_json(made, 201)


def make(url: str, events: list[str], query: str | None, description: str | None) -> dict[str, Any]:
    """Adds a hook; gives its id and secret.

    Raises:
        HookError: the address or a kind of event cannot be used. QueryError: the search cannot be read.
    """
    try:
        address = checked(url)
    except InputError as error:
        raise HookError(error.resource, error.cause, error.advice) from error
    with database().writing(durable=True) as session:
        hook = store.add(session, address, events, query, description)
    return {"id": hook.id, "url": shown(hook.url), "secret": hook.secret}


async def remove(request: Request) -> Response:
    """Forgets a hook."""
    await run_in_threadpool(forget, request.path_params["id"])
    return Response(status_code=204)


def forget(hook_id: str) -> None:
    """Forgets the hook with this id.

    Raises:
        HTTPException: 404, there is none.
    """
    with database().writing(durable=True) as session:
        store.remove(session, _found(session, hook_id))


def set_state(hook_id: str, state: HookState) -> None:
    """Pauses or resumes the hook with this id; what happens while it is paused is kept for it.

    Raises:
        HTTPException: 404, there is none.
    """
    with database().writing(durable=True) as session:
        store.set_state(session, _found(session, hook_id), state)


def _found(session: Session, hook_id: str) -> Hook:
    hook = store.by_id(session, hook_id)
    if hook is None:
        raise HTTPException(404, "there is no hook with this id")
    return hook


routes = [
    Route("/api/hooks", listed, methods=["GET"]),
    Route("/api/hooks", add, methods=["POST"]),
    Route("/api/hooks/{id}", remove, methods=["DELETE"]),
]
