"""What a site's robots.txt (RFC 9309) allows us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from protego import Protego

from schemas.errors import FetchError
from schemas.urls import Url
from workers.fetching.answers import retry_after
from workers.fetching.client import FetchLimits, fetch

# How long an answer holds: RFC 9309, 2.4 says a day at most. A server in trouble is asked again when the first page
# that waits for it is due again, unless it asks for a longer wait.
_HOLDS = timedelta(days=1)
_HOLDS_IN_TROUBLE = timedelta(minutes=5)

# RFC 9309, 2.5: at least this much has to be read.
_MOST = 500 * 1024

_AGENT = "Wireroom"

# A longer Crawl-delay is kept for this long only, or a page would wait for days behind its neighbours.
_LONGEST_DELAY = 60.0


@dataclass(frozen=True)
class Robots:
    """The text of a robots.txt, or why it cannot be had now; and how long either holds."""

    text: str = ""
    trouble: str | None = None
    holds: timedelta = _HOLDS

    def allows(self, url: Url) -> bool:
        """Whether a page may be fetched; none may while the text cannot be had (RFC 9309, 2.3.1.4)."""
        return self.trouble is None and bool(Protego.parse(self.text).can_fetch(url.bare, _AGENT))

    def delay(self) -> float:
        """Seconds that it asks for between two requests."""
        return min(float(Protego.parse(self.text).crawl_delay(_AGENT) or 0.0), _LONGEST_DELAY)


def read_robots(url: Url, limits: FetchLimits) -> Robots:
    """The robots.txt of the site of a page: none is leave for everything, one that cannot be had is leave for nothing
    until it can be (RFC 9309, 2.3.1.3 and 2.3.1.4).
    """
    try:
        answer = fetch(url.join("/robots.txt"), limits)
    except FetchError as error:
        return Robots(trouble=f"its robots.txt is unavailable: {error.cause}", holds=_HOLDS_IN_TROUBLE)
    if answer.status >= 500 or answer.status == 429:
        wait = timedelta(seconds=retry_after(answer.header("Retry-After")) or 0.0)
        trouble = f"its robots.txt is unavailable: the server answered {answer.status}"
        return Robots(trouble=trouble, holds=min(max(wait, _HOLDS_IN_TROUBLE), _HOLDS))
    return Robots(answer.body[:_MOST].decode("utf-8", "replace").replace("\0", "") if answer.status == 200 else "")
