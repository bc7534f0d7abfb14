"""What a server's headers ask of whoever comes again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A server that asks for a longer wait than this has mistaken its units.
LONGEST_WAIT = timedelta(days=7)


def retry_after(value: str | None, now: datetime | None = None) -> float | None:
    """Seconds that `Retry-After` asks to wait (RFC 9110, 10.2.3), a number or a date; None without it."""
    if value is None:
        return None
    value = value.strip()
    if value.isdecimal():
        return min(float(value[:9]), LONGEST_WAIT.total_seconds())
    try:
        until = parsedate_to_datetime(value)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        wait = (until - (now or datetime.now(UTC))).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(wait, 0.0), LONGEST_WAIT.total_seconds())


def fresh_for(cache_control: str | None) -> float:
    """Seconds for which an answer stays fresh by its `Cache-Control` (RFC 9111, 5.2.2); 0 where it says nothing."""
    directives = (cache_control or "").lower()
    if re.search(r"\bno-(?:cache|store)\b", directives):
        return 0.0
    age = re.search(r'\bmax-age\s*=\s*"?(\d{1,9})', directives)
    return min(float(age[1]), LONGEST_WAIT.total_seconds()) if age else 0.0
