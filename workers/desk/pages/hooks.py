"""Hooks: listed, added, paused and removed by forms. The secret is shown once, when a hook is added."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.errors import WireroomError
from schemas.hooks import HookState
from workers.desk.api.hooks import forget, make, rows, set_state
from workers.desk.api.parameters import Parameters
from workers.desk.pages.forms import back_to, read_form
from workers.desk.pages.rendering import page
from workers.store.changes import EventKind


def hooks(request: Request) -> Response:
    """The page."""
    Parameters(request, ())
    return _shown(request)


async def add(request: Request) -> Response:
    """Adds a hook and shows its secret."""
    given = await read_form(request)
    kinds = [kind.value for kind in EventKind if given.get(f"kind {kind}")]
    made, wrong = None, None
    try:
        made = await run_in_threadpool(
            make, given.get("url", ""), kinds, given.get("query") or None, given.get("description") or None
        )
    except WireroomError as error:
        wrong = str(error)
    return await run_in_threadpool(_shown, request, made, wrong)


async def remove(request: Request) -> Response:
    """Removes a hook."""
    given = await read_form(request)
    await run_in_threadpool(forget, given.get("id", ""))
    return back_to("/hooks")


async def pause(request: Request) -> Response:
    """Sends nothing to a hook until it is resumed."""
    return await _set(request, HookState.PAUSED)


async def resume(request: Request) -> Response:
    """Sends to a hook again, first what has waited."""
    return await _set(request, HookState.ACTIVE)


async def _set(request: Request, state: HookState) -> Response:
    given = await read_form(request)
    await run_in_threadpool(set_state, given.get("id", ""), state)
    return back_to("/hooks")


def _shown(request: Request, made: dict[str, str] | None = None, wrong: str | None = None) -> Response:
    values = {"hooks": rows(), "kinds": list(EventKind), "made": made, "wrong": wrong}
    return page(request, "hooks.html", values, 400 if wrong else 201 if made else 200)


routes = [
    Route("/hooks", hooks, methods=["GET"]),
    Route("/hooks", add, methods=["POST"]),
    Route("/hooks/remove", remove, methods=["POST"]),
    Route("/hooks/pause", pause, methods=["POST"]),
    Route("/hooks/resume", resume, methods=["POST"]),
]
