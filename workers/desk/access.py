"""Who may ask for what: the desk's token, the session of a browser, and the proof that a form is ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Final

from starlette.requests import HTTPConnection

from schemas.errors import SettingError
from workers.settings import Settings

COOKIE: Final = "wireroom_desk"
FORM_FIELD: Final = "form"

# A working week, after which the token is asked for again.
SESSION_SECONDS: Final = 7 * 86400

# A token that can be tried out is none.
_SHORTEST = 16

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Access:
    """The doors of one desk.

    Attributes:
        token: what is asked for; empty where nothing is.
        hosts: the names that a request may be for, without ports.
        key: signs sessions and forms.
    """

    token: str
    hosts: frozenset[str]
    key: bytes

    @classmethod
    def of_settings(cls, settings: Settings) -> Access:
        """The doors that the settings say.

        Raises:
            SettingError: it is to be open to others without a token, or the token is too short.
        """
        address, token = settings.desk_address, settings.desk_token
        if not token and address not in _LOOPBACK:
            raise SettingError("WIREROOM_DESK_TOKEN", f"is empty, and the desk is to listen on {address}", "set one")
        if token and len(token) < _SHORTEST:
            raise SettingError("WIREROOM_DESK_TOKEN", f"has fewer than {_SHORTEST} characters", "choose a longer one")
        named = {name.strip().lower() for name in settings.desk_hosts.split(",") if name.strip()}
        # Forms and sessions outlive a restart where there is a token; a token that changes ends them all.
        key = hashlib.sha256(f"wireroom desk {token}".encode()).digest() if token else secrets.token_bytes(32)
        return cls(token, frozenset(_LOOPBACK | {address} | named), key)

    def knows_host(self, header: str) -> bool:
        """Whether a `Host` header names this desk: a page of somebody else's name that leads here (DNS rebinding) does
        not.
        """
        host = header.strip().lower()
        if host.startswith("["):
            return host[1:].partition("]")[0] in self.hosts
        return host.partition(":")[0] in self.hosts

    def is_token(self, given: str) -> bool:
        """Whether this is the token; takes as long for any that is not."""
        return bool(self.token) and hmac.compare_digest(given.encode(), self.token.encode())

    def has_token(self, request: HTTPConnection) -> bool:
        """Whether a request carries the token as a bearer's."""
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self.is_token(given.strip())

    def new_session(self) -> str:
        """The cookie of a browser that may come in."""
        about = f"{int(time.time()) + SESSION_SECONDS}.{secrets.token_hex(16)}"
        return f"{about}.{self._signed('session', about)}"

    def has_session(self, request: HTTPConnection) -> bool:
        """Whether a request carries a session of ours that has not run out."""
        about, _, signature = request.cookies.get(COOKIE, "").rpartition(".")
        until = about.partition(".")[0]
        return (
            hmac.compare_digest(signature.encode(), self._signed("session", about).encode())
            and until.isdecimal()
            and time.time() < int(until[:15])
        )

    def form_proof(self, session: str) -> str:
        """What a form carries that was shown in this session."""
        return self._signed("form", session)

    def is_form_proof(self, session: str, given: str) -> bool:
        """Whether a form was shown in this session."""
        return hmac.compare_digest(given.encode(), self.form_proof(session).encode())

    def _signed(self, purpose: str, about: str) -> str:
        return hmac.new(self.key, f"{purpose} {about}".encode(), hashlib.sha256).hexdigest()
