"""Forms: read within limits, and only those that were shown by this desk in this browser."""

from __future__ import annotations

from urllib.parse import parse_qs, quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse

from schemas.documents import storable
from workers.desk.access import FORM_FIELD
from workers.desk.bodies import content_type, read_body

_MOST = 100_000


async def read_form(request: Request, *, proven: bool = True) -> dict[str, str]:
    """The fields of a form, each once, every value one that a table can hold.

    Raises:
        HTTPException: 415 no form; 403 none of ours, or shown to another browser.
    """
    if content_type(request) != "application/x-www-form-urlencoded":
        raise HTTPException(415, "only a form of the desk can send this")
    body = await read_body(request, _MOST)
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=100)
    except ValueError as error:
        raise HTTPException(400, "the form cannot be read") from error
    given = {name: storable(values[-1]).strip() for name, values in fields.items()}
    proof = given.pop(FORM_FIELD, "")
    if proven and not request.app.state.access.is_form_proof(request.state.session, proof):
        raise HTTPException(403, "this form is out of date; go back, load the page again and send it once more")
    return given


def back_to(path: str, anchor: str = "") -> RedirectResponse:
    """The answer to a form: the page that shows what came of it."""
    return RedirectResponse(quote(path, safe="/?=&") + (f"#{quote(anchor)}" if anchor else ""), 303)
