"""When a page was published: its own statement, then what it shows beside its headline, else nothing. No guess.

How a date is written, and the names of months, are told in `schemas`; here, where in a page's lines one stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from schemas.data_files import read_toml
from schemas.dates import stated_time
from schemas.months import month_number
from schemas.written_dates import day_and_month, hour_of_day

# The day the first page was announced to the world (Berners-Lee in alt.hypertext). An older day that a page shows is of
# what it tells, or of print; only its own statement that it was published then is believed.
WEB_BEGAN = datetime(1991, 8, 6, tzinfo=UTC)
_LABELS: dict[str, list[str]] = read_toml(__package__, "dates.toml")
_CHANGED = re.compile("|".join(map(re.escape, _LABELS["changed"])), re.I)
_JOINED = re.compile(rf"(?:{'|'.join(map(re.escape, _LABELS['joined']))})\W*$", re.I)
_NAME = r"(?P<month>[^\W\d_]{3,12})\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
# What follows a year; a clock or a date in an element of its own is glued to it: "20263:33 PM", "4 May 20265 May 2026".
_END = r"(?:(?!\d)|(?=\d{1,2}:\d\d(?!\d))|(?=\d{1,2}(?:\.? [^\W\d_]{3}|[./]\d{1,2}[./])))"
_TIME = (
    r"(?:[T ,|•–-]{1,4}(?:at|um|à|às|alle|kl\.?|o)? ?(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)(?!\d)"
    r"(?: ?(?P<half>[ap])\.? ?m\b)?)?"
)
_SHOWN = [
    re.compile(pattern + _TIME, re.I)
    for pattern in (
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|º|er)?[ -](?:of |de |d')?{_NAME},?[ -](?:de |del )?{_YEAR}{_END}",
        rf"(?<!\w){_NAME} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}{_END}",
        rf"(?<!\d){_YEAR}[-/.](?P<number>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?!\d)",
        rf"(?<!\d){_YEAR} ?年 ?(?P<number>\d{{1,2}}) ?月 ?(?P<day>\d{{1,2}}) ?日",
        rf"(?<![\d.])(?P<one>\d{{1,2}})(?P<mark>[./-]) ?(?P<two>\d{{1,2}})(?P=mark) ?{_YEAR}{_END}",
        # Where no year is of four figures: "4.3.26".
        r"(?<![\w.,/:-])(?P<one>\d{1,2})(?P<mark>[./])(?P<two>\d{1,2})(?P=mark)(?P<short>\d\d)(?![\w.,/:%-])",
    )
]
# A clock may be glued to the year before it, as in `_END`.
_CLOCK = re.compile(
    r"(?:(?<![\d:.])|(?<=(?:19|20)\d\d))(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)(?![\d.])(?: ?(?P<half>[ap])\.? ?m\b)?",
    re.I,
)
# Clocks are up to 14 hours before Greenwich, by half hours but for Nepal's; finer steps meet other times by chance.
_WIDEST = timedelta(hours=14)
_STEP = timedelta(minutes=30)
# Words; a label in a line of its own ("Last updated:") has no more.
_LABEL = 3
# "VESSA, Oct 4 2026 -", "ORLEN, 3 May (Agency) —", "4.10.2026 -": the place in capitals, if any, the day, a dash.
_DATELINE = re.compile(
    r"(?:[A-ZÀ-ÞА-Я][A-ZÀ-ÞА-Я .'’-]{1,40}(?:, [A-Z][\w .]{1,30})??[,:]? \(?|(?=\d))(?P<date>[^()–—]{6,20}?)\)?"
    r"(?: \([^()]{1,30}\))? ?[-–—:]+ "
)
# A month or day of one figure only between marks: no part of an article's number is one.
_IN_ADDRESS = [
    re.compile(rf"/(?P<year>(?:19|20)\d\d){rest}(?=[/_.-]|$)", re.I)
    for rest in (
        r"[/-](?P<number>[01]?\d|[a-z]{3})[/-](?P<day>[0-3]?\d)",
        r"[/-]?(?P<number>[01]\d|[a-z]{3})[/-]?(?P<day>[0-3]\d)",
    )
]


def first_published(statements: Iterable[str | None], now: datetime) -> tuple[datetime, bool] | None:
    """The first statement that is a possible time, and whether it came without an offset (and is read as UTC).

    One that gives the hour goes before one that gives only the day.
    """
    day = None
    for statement in statements:
        stated = stated_time(statement, now) if statement else None
        if not statement or not stated:
            continue
        naive = stated.tzinfo is None
        time = stated.replace(tzinfo=UTC) if naive else stated
        if ":" in statement or (time.hour, time.minute) != (0, 0):
            return time, naive
        day = day or (time, naive)
    return day


def shown_date(lines: Iterable[str], language: str | None, now: datetime, or_changed: bool = True) -> datetime | None:
    """The date that lines show, without an offset; that of a change only where they show no other.

    Args:
        or_changed: whether that of a change counts at all.
        language: the page's language tag; it tells 5 April from May 4 in "05/04/2026". Where it does not, there is no
            date in such figures.
    """
    changed = None
    label = ""
    for line in lines:
        for pattern in _SHOWN:
            if (found := pattern.search(line)) and (date := _date(found, language, now)):
                later = pattern.search(line, found.end())
                # A label stands before its date, in the line before it, or behind it.
                labels = [line[: found.start()] or label, "" if later or found.start() else line[found.end() :]]
                if _JOINED.search(labels[0]):
                    continue
                if not any(map(_CHANGED.search, labels)):
                    return date
                changed = changed or date
                if later and (date := _date(later, language, now)):
                    return date
        label = line if line.count(" ") < _LABEL else ""
    return changed if or_changed else None


def is_of_a_change(label: str) -> bool:
    """Whether what stands before a time, or names it, says that the page was changed then."""
    return bool(_CHANGED.search(label))


def shown_offset(time: datetime, lines: list[str], language: str | None, now: datetime) -> timedelta | None:
    """How far the clock by which lines show `time` is before Greenwich; None where they do not show that moment.

    The day and the hour may stand in one line or in two; the minutes must agree, for a page may show many times.
    """
    day = shown_date(lines, language, now)
    if day is None:
        return None
    for line in lines:
        for found in _CLOCK.finditer(line):
            try:
                hour = hour_of_day(int(found["hour"]), found["half"])
                shown = day.replace(hour=hour, minute=int(found["minute"]), tzinfo=UTC)
            except ValueError:
                continue
            offset = shown - time.replace(second=0, microsecond=0)
            if abs(offset) <= _WIDEST and not offset % _STEP:
                return offset
    return None


def dateline_date(text: str, now: datetime) -> datetime | None:
    """The date in the dateline that a text begins with ("VESSA, Oct 4 2026 -"), where it gives the year."""
    found = _DATELINE.match(text)
    return shown_date([found["date"]], None, now) if found else None


def address_date(url: str | None, now: datetime) -> datetime | None:
    """The day in an address such as ".../2026/11/03/flood"."""
    found = next(filter(None, (pattern.search(url or "") for pattern in _IN_ADDRESS)), None)
    return _date(found, None, now) if found else None


def _date(found: re.Match[str], language: str | None, now: datetime) -> datetime | None:
    parts = found.groupdict()
    try:
        if "one" in parts:
            day, month = day_and_month(int(parts["one"]), int(parts["two"]), parts["mark"], language)
        else:
            name = parts.get("month") or parts["number"]
            day, month = int(parts["day"]), int(name) if name.isdigit() else month_number(name, language) or 0
        hour = hour_of_day(int(parts.get("hour") or 0), parts.get("half"))
        year = int(parts.get("year") or f"20{parts['short']}")
        date = datetime(year, month, day, hour, int(parts.get("minute") or 0))  # noqa: DTZ001 - pages show no offset
    except ValueError:
        return None
    return date if WEB_BEGAN <= date.replace(tzinfo=UTC) <= now else None
