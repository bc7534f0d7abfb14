"""Dates as people write them, with the names of months and zones; and seconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from schemas.data_files import read_lines

# As in "Europe/Madrid" (IANA time zone database).
PLACE = re.compile(r"\(?\b([A-Z][A-Za-z]+/[A-Z][A-Za-z_/-]+)\b\)?$")

_MONTHS = {
    name: number for number, line in enumerate(read_lines(__package__, "months.txt"), 1) for name in line.split()
}
_WORD = r"[^\W\d_]+"
# What stands between the parts of a date: "3. September 2026", "3rd of Sept., 2026", "3 de septiembre de 2026".
_GAP = r"(?:st|nd|rd|th|er|º|ª|\.|,|-|/|\s|\b(?:of|de|del|di|d'|den|ngày)\b)*"
_DAY_FIRST = re.compile(rf"(?<!\d)(\d{{1,2}}){_GAP}({_WORD})\.?{_GAP}(\d{{4}}|\d\d)(?!\d)", re.I)
_MONTH_FIRST = re.compile(rf"\b({_WORD})\.?\s+(\d{{1,2}})(?!\d|:){_GAP}(\d{{4}})(?!\d)", re.I)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*[年년/.-]\s*(\d{1,2})\s*[月월/.-]\s*(\d{1,2})(?:\s*[日일])?(?!\d)")
# Between dots the day stands first wherever that form is used; between slashes it does in some countries.
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
TIME_OF_DAY = re.compile(r"(?<![\d:+-])(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?!\d|:)\s*([ap]\.?m\b\.?)?", re.I)
_OFFSET = re.compile(r"(?<=[\d\s])([+-]\d\d:?\d\d)$")
_NO_OFFSET = re.compile(r"[+-]\d{5,}$")
_UNIVERSAL = re.compile(r"(?:\b(?:GMT|UTC|UT|Z)|(?<=\d)Z)$")

# Seconds or milliseconds since 1970; fewer digits are years or days.
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_MILLISECONDS = 11  # digits before the point, and more
_LAST_HOUR = 24


def epoch_time(text: str) -> datetime:
    """The time that `text` gives as seconds or milliseconds since 1970.

    Raises:
        ValueError: it is no such number.
    """
    if not _EPOCH.fullmatch(text):
        raise ValueError(text)
    digits = len(text.partition(".")[0])
    return datetime.fromtimestamp(float(text) / (1000 if digits > _MILLISECONDS else 1), UTC)


def written_time(text: str) -> datetime:
    """The time of a date with the month by name, or in a form that has one meaning (`09/03/2026` has two); naive where
    it has no zone that is known, and midnight where no time stands beside it.

    Args:
        text: with a zone's name at its end written as an offset (`schemas.dates`), one space between words.

    Raises:
        ValueError: there is none.
    """
    day = _day(text)
    time = TIME_OF_DAY.search(text)
    if time is None:
        return day
    hour, minute, second = int(time[1]), int(time[2]), int(time[3] or 0)
    if time[4]:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + (12 if time[4][0] in "pP" else 0)
    # The end of a day is written 24:00 (ISO 8601:2004, 4.2.3).
    days = timedelta(days=1) if hour == _LAST_HOUR and minute == second == 0 else timedelta(0)
    return (
        day.replace(hour=hour % _LAST_HOUR if days else hour, minute=minute, second=second, tzinfo=_zone(text)) + days
    )


def _day(text: str) -> datetime:
    if found := _YEAR_FIRST.search(text):
        return datetime(int(found[1]), int(found[2]), int(found[3]))  # noqa: DTZ001 (the zone is read apart)
    if found := _DOTTED.search(text):
        return datetime(int(found[3]), int(found[2]), int(found[1]))  # noqa: DTZ001
    if found := _SLASHED.search(text):
        first, second = int(found[1]), int(found[2])
        if first <= 12 and second <= 12 and first != second:
            raise ValueError("day and month cannot be told apart")
        return datetime(int(found[3]), min(first, second), max(first, second))  # noqa: DTZ001
    for found in _DAY_FIRST.finditer(text):
        if month := _MONTHS.get(found[2].casefold()):
            return datetime(_year(found[3]), month, int(found[1]))  # noqa: DTZ001
    for found in _MONTH_FIRST.finditer(text):
        if month := _MONTHS.get(found[1].casefold()):
            return datetime(int(found[3]), month, int(found[2]))  # noqa: DTZ001
    raise ValueError(text)


def _year(digits: str) -> int:
    """The year; of two digits, as the email package reads them: 69 to 99 are of the last century."""
    return int(digits) if len(digits) > 2 else int(digits) + (1900 if int(digits) > 68 else 2000)


def _zone(text: str) -> tzinfo | None:
    if place := PLACE.search(text):
        try:
            return ZoneInfo(place[1])
        except (KeyError, ValueError, OSError):  # no such place, or no database of zones on this machine
            return None
    if _UNIVERSAL.search(text):
        return UTC
    offset = _OFFSET.search(text)
    if offset is None:
        if _NO_OFFSET.search(text):
            raise ValueError(text)
        return None
    sign, digits = offset[1][0], offset[1][1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if sign == "-" else span)
