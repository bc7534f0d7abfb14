"""What every request passes: its host, its rate, its token or session, where it comes from; and what answers carry."""

from __future__ import annotations

import time
from collections import OrderedDict
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workers.desk.access import COOKIE, SESSION_SECONDS, Access

# Nothing from elsewhere, nothing inline, in nobody's frame.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}

# Open to whoever reaches the desk: supervisors ask the first, the others are the door itself.
_OPEN = ("/healthz", "/login", "/static/")

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

# Addresses whose rates are remembered: more at once are a flood, and the oldest are let go of.
_ADDRESSES = 10_000


class Rates:
    """How much each address has asked lately: a bucket that empties steadily (a "token bucket").

    Args:
        a_minute: requests that drain in a minute; a quarter of them may come at once.
    """

    def __init__(self, a_minute: int) -> None:
        self._a_second, self._burst = a_minute / 60, max(10.0, a_minute / 4)
        self._filled: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Counts a request; gives the seconds after which the address may ask again, 0 where it may now."""
        now = time.monotonic()
        level, since = self._filled.pop(address, (0.0, now))
        level = max(0.0, level - (now - since) * self._a_second)
        allowed = level + 1 <= self._burst
        self._filled[address] = (level + 1 if allowed else level, now)
        while len(self._filled) > _ADDRESSES:
            self._filled.popitem(last=False)
        return 0.0 if allowed else (level + 1 - self._burst) / self._a_second


class Gate:
    """The middleware around the whole desk."""

    def __init__(self, app: ASGIApp, access: Access, requests_a_minute: int) -> None:
        self._app, self._access, self._rates = app, access, Rates(requests_a_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on a request that may enter, and answers any other itself (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        headers = dict(_HEADERS)
        wanted_session = None
        refusal = self._refusal(request)
        if refusal is None and not self._access.token and not self._access.has_session(request):
            # Nobody is asked who they are; but a form must be one that this browser was shown.
            wanted_session = self._access.new_session()
        session = wanted_session or request.cookies.get(COOKIE, "")
        scope.setdefault("state", {})["form_proof"] = self._access.form_proof(session)
        scope["state"]["session"] = session

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in headers.items():
                    sent.setdefault(name, value)
                sent.setdefault("Cache-Control", "no-store")
                if wanted_session and sent.get("content-type", "").startswith("text/html"):
                    sent.append("Set-Cookie", session_cookie(wanted_session))
            await send(message)

        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, request: Request) -> Response | None:
        path, api = request.url.path, request.url.path.startswith(("/api/", "/metrics"))
        if not self._access.knows_host(request.headers.get("host", "")):
            return _refused(api, 421, "unknown host name; add it to WIREROOM_DESK_HOSTS")
        address = request.client.host if request.client else "-"
        if path != "/healthz" and not path.startswith("/static/") and (wait := self._rates.wait(address)):
            return _refused(api, 429, "too many requests", {"Retry-After": str(int(wait) + 1)})
        if "\0" in path:
            return _refused(api, 404, "not found")  # and no table could be asked for it
        if path.startswith(_OPEN):
            if request.method not in _SAFE and not _is_own(request):
                return _refused(api, 403, "this form was sent from another site")
            return None
        bearer = self._access.has_token(request)
        if self._access.token and not bearer and not self._access.has_session(request):
            if api:
                return _refused(True, 401, "send the token: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})
            return RedirectResponse("/login", 303)
        if request.method not in _SAFE and not bearer and not _is_own(request):
            return _refused(api, 403, "this request comes from another site")
        return None


def session_cookie(value: str, *, secure: bool = False) -> str:
    """The header that gives a browser its session; no script and no other site's request sees it.

    Args:
        secure: it is to come over TLS alone.
    """
    return f"{COOKIE}={value}; Path=/; Max-Age={SESSION_SECONDS}; HttpOnly; SameSite=Strict" + "; Secure" * secure


def _is_own(request: HTTPConnection) -> bool:
    """Whether a request that changes something comes from a page of ours, or from no browser at all.

    Browsers say where a request comes from (Fetch Metadata, else `Origin`), and a program says neither. Of a browser
    that said neither, a form would still want its proof, and the API takes JSON, which no form can send.
    """
    headers: Headers = request.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _refused(api: bool, status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    if api:
        return JSONResponse({"error": why}, status, headers)
    return PlainTextResponse(why + "\n", status, headers)
