"""One POST to an address that somebody named: where feeds may be fetched from, and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from schemas.errors import FetchError
from workers.fetching.addresses import require_permitted, resolve_within
from workers.fetching.client import FetchLimits, user_agent
from workers.fetching.exchange import Got, exchange
from workers.fetching.urls import shown

# A receiver's answer is of no use but for its status; it must not fill memory.
_MOST_ANSWERED = 64 * 1024


def post(url: str, body: bytes, headers: Mapping[str, str], limits: FetchLimits) -> Got:
    """The answer to a POST, whatever its status; redirects are not followed.

    Raises:
        FetchError: no answer within the limits, or to where nothing may be sent.
    """
    deadline = time.monotonic() + limits.seconds
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = resolve_within(limits.seconds, limits.resolve, host, port)
    except TimeoutError as error:
        raise FetchError(shown(url), f"no name server says in time where {host} is", None) from error
    except (OSError, UnicodeError) as error:
        raise FetchError(shown(url), f"its host {host} cannot be found", "check the address") from error
    try:
        addresses = require_permitted(host, addresses, limits.allowed)
    except FetchError as error:
        raise FetchError(shown(url), f"its host {error}", None) from error
    sent = {"User-Agent": user_agent(), "Accept-Encoding": "identity", **headers}
    return exchange(url, addresses, sent, deadline, _MOST_ANSWERED, body)
