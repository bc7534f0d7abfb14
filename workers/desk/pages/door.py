"""The door: where a browser says the token once."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from workers.desk.gate import session_cookie
from workers.desk.pages.forms import read_form
from workers.desk.pages.rendering import page


def login(request: Request) -> Response:
    """The form that asks for the token."""
    return page(request, "login.html", {"wrong": False})


async def enter(request: Request) -> Response:
    """Lets in who knows the token."""
    access = request.app.state.access
    given = await read_form(request, proven=False)
    if not access.token or not access.is_token(given.get("token", "")):
        return page(request, "login.html", {"wrong": True}, 403)
    # The desk speaks plain HTTP itself; a browser says whether a server with TLS stands before it.
    secure = request.headers.get("origin", "").startswith("https://")
    return RedirectResponse("/", 303, {"Set-Cookie": session_cookie(access.new_session(), secure=secure)})


routes = [Route("/login", login, methods=["GET"]), Route("/login", enter, methods=["POST"])]
