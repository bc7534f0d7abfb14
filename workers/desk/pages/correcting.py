"""Corrections made by forms: of a claim or quote, of a document's story, of a story; and their undoing."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.corrections import AMENDABLE
from workers.desk.api.corrections import make
from workers.desk.pages.forms import back_to, read_form
from workers.store.database import database
from workers.store.read.whole import one_document

_NUMBERS = ("value", "low", "high", "start", "end")
_YEAR = 365 * 86400


async def correct(request: Request) -> Response:
    """Takes the form in and shows the record as it is then."""
    given = await read_form(request)
    record, action = given.get("record", ""), given.get("action", "")
    fields: dict[str, Any] = {
        name: given.get(name, "") for name in ("record", "record_id", "action", "reason", "author")
    }
    if action == "undo":
        fields["undoes"] = given.get("undoes", "")
    elif action == "move":
        fields["after"] = {"story_id": given.get("story_id", "").rpartition("/")[2] or None}
    elif action in ("amend", "add"):
        fields["after"] = await run_in_threadpool(_after, record, action, given)
    written = await run_in_threadpool(make, fields)
    answer = back_to(_place(written), f"claim-{written['record_id']}" if record == "claim" else "")
    answer.set_cookie("wireroom_author", fields["author"], max_age=_YEAR, httponly=True, samesite="strict")
    return answer


def _after(record: str, action: str, given: dict[str, str]) -> dict[str, Any]:
    """The fields that the form says; one that is left as it was shown is not a correction."""
    after: dict[str, Any] = {}
    for name in AMENDABLE.get(record, ()):
        if name in given and given[name] != given.get(f"was_{name}", "\0"):
            after[name] = _value(name, given[name])
    if action == "add":
        after |= _span(given)
        after = {name: value for name, value in after.items() if value is not None or name in ("low", "high")}
        if record == "claim" and after.get("value") is not None:
            after = {"low": after["value"], "high": after["value"]} | after
    elif "value" in after and not {"low", "high"} & after.keys() and given.get("qualifier", "exact") == "exact":
        after |= {"low": after["value"], "high": after["value"]}
    return after


def _value(name: str, text: str) -> Any:
    if not text:
        return None
    if name in _NUMBERS:
        plain = text.replace(",", "").replace(" ", "")
        if not (plain.isascii() and plain.isdecimal() and len(plain) <= 18):
            raise HTTPException(400, f"`{name}` is not a whole number: {text[:40]}")
        return int(plain)
    return text


def _span(given: dict[str, str]) -> dict[str, int]:
    """Where the added record stands: as selected, or the first place of the exact words that were typed."""
    if given.get("start") and given.get("end"):
        return {name: _value(name, given[name]) for name in ("start", "end")}
    words = given.get("words", "")
    with database().reading() as session:
        found = one_document(session, given.get("record_id", ""))
    start = (found["text"] or "").find(words) if found and words else -1
    if start < 0:
        raise HTTPException(400, "these words are not in the text; copy them from it")
    return {"start": start, "end": start + len(words)}


def _place(written: dict[str, Any]) -> str:
    if written["record"] == "story":
        return f"/stories/{written['record_id']}"
    return f"/documents/{written['document_id']}"


routes = [Route("/corrections", correct, methods=["POST"])]
