"""When a feed says that an entry was published."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from importlib.resources import files

_ZONES: dict[str, str] = tomllib.loads((files(__package__) / "zones.toml").read_text())
_NAMED_ZONE = re.compile(rf"\b(?:{'|'.join(_ZONES)})$")
# "GMT+9" and "UTC+05:30", where RFC 822 wants "+0900".
_OFFSET_FROM_GMT = re.compile(r"\b(?:GMT|UTC) ?([+-])(\d{1,2})(?::?(\d\d))?$")
# Programs that know no date write the first instant of their calendar: 1970, or the year 1.
_NO_DATE = datetime(1970, 1, 2, tzinfo=UTC)
# A clock may be wrong by its zone; what is further ahead has not been published.
_AHEAD = timedelta(days=1)


def published(text: str, now: datetime | None = None) -> datetime | None:
    """The time that `text` names, in RFC 822 form (RSS) or ISO 8601 (Atom, JSON Feed); naive where it has no zone.

    None for what is no time, and for a time that cannot be true: before 1970-01-02, or a day and more after `now`.
    """
    text = " ".join(text.split())
    text = _NAMED_ZONE.sub(lambda name: _ZONES[name[0]], text)
    text = _OFFSET_FROM_GMT.sub(lambda offset: f"{offset[1]}{int(offset[2]):02}{offset[3] or '00'}", text)
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = parse(text)
            instant = time if time.tzinfo else time.replace(tzinfo=UTC)
            return time if _NO_DATE <= instant <= (now or datetime.now(UTC)) + _AHEAD else None
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None
