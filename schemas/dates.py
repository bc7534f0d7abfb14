"""When a document was published: the forms in which that is written, and which times are believed.

A sender's own word is believed, as long as it is a time (`iso_time`). What a feed or a page says must be possible too:
it is read by programs that write something where they know nothing, and is one of several statements to choose from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from schemas.data_files import read_toml
from schemas.written_dates import PLACE, TIME_OF_DAY, epoch_time, written_time

# Offsets by zone names that RFC 822 does not know.
_ZONES: dict[str, str] = read_toml(__package__, "dates.toml")["zones"]
_NAMED_ZONE = re.compile(rf"\b(?:{'|'.join(_ZONES)})$")
# JavaScript's Date names the zone once more in brackets: "GMT+0100 (Central European Time)".
_ZONE_IN_WORDS = re.compile(r"(?<=\d) ?\([^()/]*\)$")
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


def sent_time(value: object) -> datetime | None:
    """The time that a sender gives: ISO 8601, any form that `stated_time` reads, or seconds since 1970 as a number."""
    if isinstance(value, str | datetime):
        return iso_time(str(value)) or stated_time(str(value))
    return stated_time(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None


def stated_time(text: str, now: datetime | None = None) -> datetime | None:
    """The time that a feed names, in RFC 822 form (RSS) or ISO 8601 (Atom, JSON Feed), in seconds since 1970, or as
    people write dates; naive without a known zone.

    None for what is no time or could be several, and for a time that is not possible.
    """
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    text = " ".join(unicodedata.normalize("NFC", text).split())
    text = _ZONE_IN_WORDS.sub("", text)
    text = _NAMED_ZONE.sub(lambda name: _ZONES[name[0]], text)
    text = _OFFSET_FROM_GMT.sub(lambda offset: f"{offset[1]}{int(offset[2]):02}{offset[3] or '00'}", text)
    time = _other_time(epoch_time, text) or iso_time(text) or _rfc822_time(text) or _other_time(written_time, text)
    return time if time is not None and is_possible(time, now or datetime.now(UTC)) else None


def is_possible(time: datetime, now: datetime) -> bool:
    """Whether something can have been published then: from 1970-01-02 to a day after `now`."""
    try:
        return _NO_DATE <= in_utc(time) <= now + _AHEAD
    except OverflowError:
        return False


def _other_time(form: Callable[[str], datetime], text: str) -> datetime | None:
    try:
        return form(text)
    except (ValueError, OverflowError, OSError):
        return None


def _rfc822_time(text: str) -> datetime | None:
    time = TIME_OF_DAY.search(text)
    if (time and time[4]) or PLACE.search(text):
        return None  # it knows neither twelve hours nor places, and passes over them
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
