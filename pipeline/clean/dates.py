"""When a page was published: the page's own statement before a guess, its offset kept, never an impossible time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# The day the first page was announced to the world (Berners-Lee in alt.hypertext): no page is older.
WEB_BEGAN = datetime(1991, 8, 6, tzinfo=UTC)
# What remains after ISO 8601 and RFC 2822: JavaScript's Date, and English dates in words.
_FORMATS = ("%a %b %d %Y %H:%M:%S GMT%z", "%a %b %d %H:%M:%S %Z %Y", "%B %d, %Y", "%b %d, %Y", "%Y/%m/%d")
_DATE_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}$|\D+ \d{1,2}, \d{4}$|\d{4}/\d{2}/\d{2}$")
_ZONE_IN_WORDS = re.compile(r"\s*\([^()]*\)$")
_OFFSET_APART = re.compile(r"(?<=\d) (?=[+-]\d{2}:?\d{2}$)")


def first_published(statements: Iterable[str | None], now: datetime) -> tuple[datetime, bool] | None:
    """The first statement that is a possible time, and whether it came without an offset (and is read as UTC).

    One that gives the hour goes before one that gives only the day. Times after `now` or before the web are passed by.
    """
    day = None
    for stated, text in _read(statements):
        naive = stated.tzinfo is None
        time = stated.replace(tzinfo=UTC) if naive else stated
        if not WEB_BEGAN <= time <= now:
            continue
        if not _DATE_ONLY.match(text):
            return time, naive
        day = day or (time, naive)
    return day


def _read(statements: Iterable[str | None]) -> Iterator[tuple[datetime, str]]:
    for statement in statements:
        text = _OFFSET_APART.sub("", _ZONE_IN_WORDS.sub("", (statement or "").strip()))
        if text and (time := _parsed(text)):
            yield time, text


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for pattern in _FORMATS:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - a time without an offset is marked as such
        except ValueError:
            continue
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None
