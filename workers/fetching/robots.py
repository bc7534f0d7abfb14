"""What a site's robots.txt (RFC 9309) allows us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from protego import Protego

from schemas.errors import FetchError
from workers.fetching.client import FetchLimits, fetch
from workers.fetching.urls import checked, without_credentials

# How long an answer holds: RFC 9309, 2.4 says a day at most; a server in trouble is asked again sooner.
_HOLDS = timedelta(days=1)
_HOLDS_IN_TROUBLE = timedelta(hours=1)

# RFC 9309, 2.5: at least this much has to be read.
_MOST = 500 * 1024

_AGENT = "Wireroom"
_NOTHING = "User-agent: *\nDisallow: /\n"

# A longer Crawl-delay is kept for this long only, or a page would wait for days behind its neighbours.
_LONGEST_DELAY = 60.0


@dataclass(frozen=True)
class Robots:
    """The text of a robots.txt, and how long it holds."""

    text: str
    holds: timedelta = _HOLDS

    def allows(self, url: str) -> bool:
        """Whether a page may be fetched."""
        return bool(Protego.parse(self.text).can_fetch(without_credentials(url), _AGENT))

    def delay(self) -> float:
        """Seconds that it asks for between two requests."""
        return min(float(Protego.parse(self.text).crawl_delay(_AGENT) or 0.0), _LONGEST_DELAY)


def read_robots(url: str, limits: FetchLimits) -> Robots:
    """The robots.txt of the site of a page: none is leave for everything, and a server in trouble leave for nothing
    (RFC 9309, 2.3.1).
    """
    parts = urlsplit(without_credentials(checked(url)))
    try:
        answer = fetch(f"{parts.scheme}://{parts.netloc}/robots.txt", limits)
    except FetchError:
        return Robots(_NOTHING, _HOLDS_IN_TROUBLE)
    if answer.status >= 500 or answer.status == 429:
        return Robots(_NOTHING, _HOLDS_IN_TROUBLE)
    text = answer.body[:_MOST].decode("utf-8", "replace").replace("\0", "") if answer.status == 200 else ""
    return Robots(text)
