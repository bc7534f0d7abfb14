"""One GET: followed through its redirects, every hop checked, within limits of bytes and time."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version

from urllib3 import HTTPHeaderDict
from urllib3.util import make_headers

from schemas.errors import FetchError
from schemas.urls import Url
from workers.fetching.addresses import IPNetwork, Resolve, networks, require_permitted, resolve, resolve_within
from workers.fetching.exchange import exchange
from workers.fetching.urls import shown
from workers.settings import settings

# Browsers follow 20; a feed that has moved more often than this in a row goes in circles.
_REDIRECTS = 5

_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w:.-]{2,40})""", re.IGNORECASE)

_MOVED = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)


@dataclass(frozen=True)
class FetchLimits:
    """What one fetch may cost, and where it may go."""

    seconds: float
    bytes: int
    allowed: tuple[IPNetwork, ...] = ()
    resolve: Resolve = resolve

    @classmethod
    def of_settings(cls) -> FetchLimits:
        """The limits in force."""
        chosen = settings()
        return cls(chosen.fetch_seconds, chosen.fetch_mb * 2**20, networks(chosen.fetch_networks))


@dataclass(frozen=True)
class Answer:
    """What a server answered at last.

    Attributes:
        url: where it was found, after redirects; without credentials, but for those of an address that did not move.
        moved: where it has moved for good, or None.
        body: unpacked.
        whole: false where fewer bytes came than were announced.
    """

    url: Url
    status: int
    headers: HTTPHeaderDict
    body: bytes
    whole: bool = True
    moved: Url | None = None
    sent_bytes: int = field(default=0)

    def header(self, name: str) -> str | None:
        """A header's value, or None."""
        value: str | None = self.headers.get(name)
        return value

    @property
    def charset(self) -> str | None:
        """The encoding that the server names in `Content-Type`."""
        named = _CHARSET.search(self.header("Content-Type") or "")
        return named[1] if named else None


def user_agent() -> str:
    """Who we say we are, and where to reach whoever runs this."""
    contact = settings().fetch_contact
    return f"Wireroom/{version('wireroom')} (news feed reader{f'; {contact}' if contact else ''})"


def addresses_of(url: Url, deadline: float, limits: FetchLimits) -> list[str]:
    """The addresses of a URL's host that may be connected to, by the monotonic time `deadline`.

    Raises:
        FetchError: it has none, none that may be, or no name server answers in time.
    """
    host = url.host
    try:
        addresses = resolve_within(deadline - time.monotonic(), limits.resolve, host, url.port)
    except TimeoutError as error:
        raise FetchError(shown(url), f"the name server gave no answer for {host} in time", None) from error
    except (OSError, UnicodeError) as error:
        raise FetchError(shown(url), f"host {host} not found", "check the URL") from error
    try:
        return require_permitted(host, addresses, limits.allowed)
    except FetchError as error:
        raise FetchError(shown(url), f"host {error}", None) from error


def fetch(
    url: Url,
    limits: FetchLimits | None = None,
    headers: Mapping[str, str] | None = None,
    before: Callable[[Url], None] = lambda _: None,
) -> Answer:
    """The answer of the server to a GET of `url`, whatever its status.

    Args:
        headers: sent beside our own, to every hop; conditions such as `If-None-Match`.
        before: called with the address of every hop before it is asked, the first included; raises where it must not
            be. What it takes is no part of the fetch's time.

    Raises:
        FetchError: no answer within the limits, or from where nothing may be fetched.
    """
    limits = limits or FetchLimits.of_settings()
    deadline = time.monotonic() + limits.seconds
    place, hops, for_good, moved = url, {url}, True, None
    while True:
        asked = time.monotonic()
        before(place)
        deadline += time.monotonic() - asked
        sent = {"User-Agent": user_agent(), "Accept": _ACCEPTED, "Accept-Encoding": "gzip, br", **(headers or {})}
        if url.credentials and place.origin == url.origin:  # they are for the server that they were given for
            sent |= make_headers(basic_auth=url.credentials)
        addresses = addresses_of(place, deadline, limits)
        got = exchange(place, addresses, sent, deadline, limits.bytes)
        target = got.headers.get("Location")
        if got.status not in _MOVED or not target:
            return Answer(place, got.status, got.headers, got.body, got.whole, moved, got.sent_bytes)
        following = _target(place, target)
        for_good = for_good and got.status in _FOR_GOOD
        if for_good and not (place.parts.scheme == "https" and following.parts.scheme == "http"):
            moved = following
        if following in hops or len(hops) > _REDIRECTS:
            raise FetchError(shown(url), "redirects in a loop" if following in hops else "redirects too often", None)
        hops.add(following)
        place = following


_ACCEPTED = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8"


def _target(url: Url, link: str) -> Url:
    try:
        return url.join(link)
    except ValueError as error:
        cause = f"redirects to {shown(link)}, which is {error}"
        raise FetchError(shown(url), cause, None) from error
