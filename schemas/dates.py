"""When a document was published: the forms in which that is written, and which times are believed.

A sender's own word is believed, as long as it is a time (`iso_time`). What a feed or a page says must be possible too:
it is read by programs that write something where they know nothing, and is one of several statements to choose from.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from schemas.data_files import read_toml

# Offsets by zone names that RFC 822 does not know.
_ZONES: dict[str, str] = read_toml(__package__, "zones.toml")
_NAMED_ZONE = re.compile(rf"\b(?:{'|'.join(_ZONES)})$")
# "GMT+9" and "UTC+05:30", where RFC 822 wants "+0900".
_OFFSET_FROM_GMT = re.compile(r"\b(?:GMT|UTC) ?([+-])(\d{1,2})(?::?(\d\d))?$")

# Programs that know no date write the first instant of their calendar: 1970, or the year 1.
_NO_DATE = datetime(1970, 1, 2, tzinfo=UTC)
# A clock may be wrong by its zone; what is further ahead has not been published.
_AHEAD = timedelta(days=1)


def iso_time(text: str) -> datetime | None:
    """The time that `text` names in ISO 8601, naive where it has no offset; None for anything else, and for a time that
    UTC has no year for.
    """
    try:
        time = datetime.fromisoformat(text.strip())
        in_utc(time)
    except (ValueError, OverflowError):
        return None
    return time


def in_utc(time: datetime) -> datetime:
    """The instant of a time; one without an offset is taken as UTC.

    Raises:
        OverflowError: UTC has no year for it, as for the first hours of the year 1 in a zone ahead of it.
    """
    return time.astimezone(UTC) if time.utcoffset() is not None else time.replace(tzinfo=UTC)


def stated_time(text: str, now: datetime | None = None) -> datetime | None:
    """The time that a feed names, in RFC 822 form (RSS) or ISO 8601 (Atom, JSON Feed); naive without a known zone.

    None for what is no time, and for a time that is not possible.
    """
    text = " ".join(text.split())
    text = _NAMED_ZONE.sub(lambda name: _ZONES[name[0]], text)
    text = _OFFSET_FROM_GMT.sub(lambda offset: f"{offset[1]}{int(offset[2]):02}{offset[3] or '00'}", text)
    time = iso_time(text) or _rfc822_time(text)
    return time if time is not None and is_possible(time, now or datetime.now(UTC)) else None


def is_possible(time: datetime, now: datetime) -> bool:
    """Whether something can have been published then: from 1970-01-02 to a day after `now`."""
    try:
        return _NO_DATE <= in_utc(time) <= now + _AHEAD
    except OverflowError:
        return False


def _rfc822_time(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
