"""One POST to an address that somebody named: where feeds may be fetched from, and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Mapping

from schemas.urls import Url
from workers.fetching.client import FetchLimits, addresses_of, user_agent
from workers.fetching.exchange import Got, exchange

# A receiver's answer is of no use but for its status; it must not fill memory.
_MOST_ANSWERED = 64 * 1024


def post(url: Url, body: bytes, headers: Mapping[str, str], limits: FetchLimits) -> Got:
    """The answer to a POST, whatever its status; redirects are not followed.

    Raises:
        FetchError: no answer within the limits, or to where nothing may be sent.
    """
    deadline = time.monotonic() + limits.seconds
    addresses = addresses_of(url, deadline, limits)
    sent = {"User-Agent": user_agent(), "Accept-Encoding": "identity", **headers}
    return exchange(url, addresses, sent, deadline, _MOST_ANSWERED, body)
