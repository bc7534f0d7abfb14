"""Failures, which can be sent again, and corrections, which can be undone."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.desk.answers import as_json
from workers.desk.api.parameters import Parameters
from workers.desk.bodies import read_json
from workers.desk.pages.forms import back_to, read_form
from workers.desk.pages.rendering import page
from workers.queue.sending import send
from workers.store import stages
from workers.store.census import failures_by_type
from workers.store.database import database
from workers.store.read import wall as lists

_ROWS = 50


def failures(request: Request) -> Response:
    """Documents and messages that failed, latest first."""
    given = Parameters(request, ("before",))
    before = given.number("before", 0)
    with database().reading() as session:
        found = lists.failures(session, _ROWS, before or None)
        types = failures_by_type(session)
    following = found[-1][0].number if len(found) == _ROWS else None
    return page(request, "failures.html", {"failures": found, "types": types, "following": following})


async def retry(request: Request) -> Response:
    """Sends a failed document again."""
    given = await read_form(request)
    await run_in_threadpool(send_again, [given.get("document_id", "")])
    return back_to("/failures")


async def retry_json(request: Request) -> Response:
    """Its twin: `{"document_ids": [...]}`."""
    value = await read_json(request)
    ids = value.get("document_ids") if isinstance(value, dict) else None
    if (
        not isinstance(ids, list)
        or not ids
        or not all(isinstance(each, str) and each for each in ids)
        or len(ids) > 500
    ):
        return as_json({"error": "`document_ids` is a list of the ids of at most 500 failed documents"}, 400)
    again = await run_in_threadpool(send_again, ids)
    return as_json({"sent": again}, 202)


def send_again(ids: list[str]) -> list[str]:
    """Puts failed documents back before the stage that they failed in; gives the ids of those that were."""
    with database().writing(durable=True) as session:
        reopened = stages.reopen(session, ids)
    send(reopened)
    return [message.document_id for _, message in reopened]


def corrections(request: Request) -> Response:
    """What analysts decided, latest first."""
    given = Parameters(request, ("before",))
    before = given.number("before", 0)
    with database().reading() as session:
        found = lists.corrections(session, _ROWS, before or None)
    following = found[-1][0].number if len(found) == _ROWS else None
    return page(request, "corrections.html", {"corrections": found, "following": following})


routes = [
    Route("/failures", failures, methods=["GET"]),
    Route("/failures/retry", retry, methods=["POST"]),
    Route("/api/failures/retry", retry_json, methods=["POST"]),
    Route("/corrections", corrections, methods=["GET"]),
]
