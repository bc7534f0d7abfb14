"""Dates as people write them, with the month by name or in figures; and seconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from schemas.data_files import read_toml
from schemas.months import month_number

# As in "Europe/Madrid" (IANA time zone database).
PLACE = re.compile(r"\(?\b([A-Z][A-Za-z]+/[A-Z][A-Za-z_/-]+)\b\)?$")

_DATA = read_toml(__package__, "dates.toml")
_MONTH_FIRST: frozenset[str] = frozenset(_DATA["month_first"])
_WORD = r"[^\W\d_]+"
# What stands between the parts of a date.
_GAP = rf"(?:{'|'.join(_DATA['ordinals'])}|\.|,|-|/|\s|\b(?:{'|'.join(_DATA['joining'])})\b)*"
_DAY_FIRST = re.compile(rf"(?<!\d)(\d{{1,2}}){_GAP}({_WORD})\.?{_GAP}(\d{{4}}|\d\d)(?!\d)", re.I)
_NAME_FIRST = re.compile(rf"\b({_WORD})\.?\s+(\d{{1,2}})(?!\d|:){_GAP}(\d{{4}})(?!\d)", re.I)
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*[年년/.-]\s*(\d{1,2})\s*[月월/.-]\s*(\d{1,2})(?:\s*[日일])?(?!\d)")
_IN_FIGURES = re.compile(r"(?<![\d./])(\d{1,2})([./])(\d{1,2})\2(\d{4})(?!\d)")
TIME_OF_DAY = re.compile(r"(?<![\d:+-])(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?!\d|:)\s*([ap]\.? ?m\b\.?)?", re.I)
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
    hour, minute, second = hour_of_day(int(time[1]), time[4]), int(time[2]), int(time[3] or 0)
    # The end of a day is written 24:00 (ISO 8601:2004, 4.2.3).
    days = timedelta(days=1) if hour == _LAST_HOUR and minute == second == 0 else timedelta(0)
    return (
        day.replace(hour=hour % _LAST_HOUR if days else hour, minute=minute, second=second, tzinfo=_zone(text)) + days
    )


def hour_of_day(hour: int, half: str | None) -> int:
    """The hour from 0 on; `half` is what stands after it, "pm" or "p.m." or less of it, where the day is in halves.

    Raises:
        ValueError: no half of a day has that hour.
    """
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"{hour} {half}")
    return hour % 12 + (12 if half[0] in "pP" else 0)


def day_and_month(first: int, second: int, mark: str, language: str | None = None) -> tuple[int, int]:
    """Which of the two figures before a year is the day and which the month.

    Args:
        mark: what stands between them. Between dots the day is first wherever that form is used.
        language: the tag of the text's language, by which "05/04/2026" is read where both orders are possible.

    Raises:
        ValueError: both are, and the language is not known, or is English of no region.
    """
    if second > 12:
        return second, first
    if first > 12 or first == second or mark == ".":
        return first, second
    tag = (language or "").lower().replace("_", "-")
    if tag in ("", "en"):
        raise ValueError(f"{first}{mark}{second}: day and month cannot be told apart")
    return (second, first) if tag in _MONTH_FIRST else (first, second)


def _day(text: str) -> datetime:
    if found := _YEAR_FIRST.search(text):
        return datetime(int(found[1]), int(found[2]), int(found[3]))  # noqa: DTZ001 (the zone is read apart)
    if found := _IN_FIGURES.search(text):
        day, month = day_and_month(int(found[1]), int(found[3]), found[2])
        return datetime(int(found[4]), month, day)  # noqa: DTZ001
    for found in _DAY_FIRST.finditer(text):
        if number := month_number(found[2]):
            return datetime(_year(found[3]), number, int(found[1]))  # noqa: DTZ001
    for found in _NAME_FIRST.finditer(text):
        if number := month_number(found[1]):
            return datetime(int(found[3]), number, int(found[2]))  # noqa: DTZ001
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
