"""When a page was published: its own statement, then what it shows beside its headline, else nothing. No guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from schemas.data_files import read_toml

_WORDS = read_toml(__package__, "dates.toml")
# The day the first page was announced to the world (Berners-Lee in alt.hypertext): no page is older.
WEB_BEGAN = datetime(1991, 8, 6, tzinfo=UTC)
# What remains after ISO 8601 and RFC 2822: JavaScript's Date, and English dates in words.
_FORMATS = ("%a %b %d %Y %H:%M:%S GMT%z", "%a %b %d %H:%M:%S %Z %Y", "%B %d, %Y", "%b %d, %Y", "%Y/%m/%d")
_DATE_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}$|\D+ \d{1,2}, \d{4}$|\d{4}/\d{2}/\d{2}$")
_ZONE_IN_WORDS = re.compile(r"\s*\([^()]*\)$")
_OFFSET_APART = re.compile(r"(?<=\d) (?=[+-]\d{2}:?\d{2}$)")

_MONTH = {name: number for number, names in enumerate(_WORDS["months"], 1) for name in names}
_CHANGED = re.compile("|".join(map(re.escape, _WORDS["changed"])), re.I)
_NAME = r"(?P<month>[^\W\d_]{3,12})\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_TIME = (
    r"(?:[T ,|•–-]{1,4}(?:at|um|à|às|alle|kl\.?|o)? ?(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)(?!\d)"
    r"(?: ?(?P<half>[ap])\.?m\b)?)?"
)
_SHOWN = [
    re.compile(pattern + _TIME, re.I)
    for pattern in (
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|º|er)?[ -](?:of |de |d')?{_NAME},?[ -](?:de |del )?{_YEAR}(?!\d)",
        rf"(?<!\w){_NAME} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}[-/.](?P<number>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?!\d)",
        rf"(?<!\d){_YEAR} ?年 ?(?P<number>\d{{1,2}}) ?月 ?(?P<day>\d{{1,2}}) ?日",
        rf"(?<![\d.])(?P<one>\d{{1,2}})(?P<mark>[./-]) ?(?P<two>\d{{1,2}})(?P=mark) ?{_YEAR}(?!\d)",
    )
]
_CLOCK = re.compile(r"(?<![\d:.])(?P<hour>\d{1,2})[:.h](?P<minute>\d\d)(?![\d.])(?: ?(?P<half>[ap])\.?m\b)?", re.I)
# Clocks are up to 14 hours before Greenwich, by half hours but for Nepal's; finer steps meet other times by chance.
_WIDEST = timedelta(hours=14)
_STEP = timedelta(minutes=30)
# "VESSA, Oct 4 2026 -", "ORLEN, 3 May (Agency) —": the place in capitals, the day, a dash.
_DATELINE = re.compile(
    r"[A-ZÀ-ÞА-Я][A-ZÀ-ÞА-Я .'’-]{1,40}(?:, [A-Z][\w .]{1,30})??[,:]? \(?(?P<date>[^()–—]{6,20}?)\)?"
    r"(?: \([^()]{1,30}\))? ?[-–—:]+ "
)
_IN_ADDRESS = re.compile(
    r"/(?P<year>(?:19|20)\d\d)[/-]?(?P<number>[01]?\d|[a-z]{3})[/-]?(?P<day>[0-3]?\d)(?=[/_.-]|$)", re.I
)


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


def shown_date(lines: Iterable[str], language: str | None, now: datetime) -> datetime | None:
    """The date that lines show, without an offset; that of a change only where they show no other.

    Args:
        language: the page's language tag; it tells 5 April from May 4 in "05/04/2026". Where it does not, there is no
            date in such figures.
    """
    changed = None
    for line in lines:
        for pattern in _SHOWN:
            if (found := pattern.search(line)) and (date := _date(found, language, now)):
                if not _CHANGED.search(line[: found.start()]):
                    return date
                changed = changed or date
                later = pattern.search(line, found.end())
                if later and (date := _date(later, language, now)):
                    return date
    return changed


def shown_offset(time: datetime, lines: list[str], language: str | None, now: datetime) -> timedelta | None:
    """How far the clock by which lines show `time` is before Greenwich; None where they do not show that moment.

    The day and the hour may stand in one line or in two; the minutes must agree, for a page may show many times.
    """
    day = shown_date(lines, language, now)
    if day is None:
        return None
    for line in lines:
        for found in _CLOCK.finditer(line):
            hour, minute = int(found["hour"]), int(found["minute"])
            if found["half"]:
                hour = hour % 12 + 12 * (found["half"] in "pP")
            if hour < 24 and minute < 60:
                offset = day.replace(hour=hour, minute=minute, tzinfo=UTC) - time.replace(second=0, microsecond=0)
                if abs(offset) <= _WIDEST and not offset % _STEP:
                    return offset
    return None


def dateline_date(text: str, now: datetime) -> datetime | None:
    """The date in the dateline that a text begins with ("VESSA, Oct 4 2026 -"), where it gives the year."""
    found = _DATELINE.match(text)
    return shown_date([found["date"]], None, now) if found else None


def address_date(url: str | None, now: datetime) -> datetime | None:
    """The day in an address such as ".../2026/11/03/flood"."""
    found = _IN_ADDRESS.search(url or "")
    return _date(found, None, now) if found else None


def _date(found: re.Match[str], language: str | None, now: datetime) -> datetime | None:
    parts = found.groupdict()
    if name := parts.get("month"):
        month = next((_MONTH[name[:size].lower()] for size in range(7, 2, -1) if name[:size].lower() in _MONTH), 0)
    elif number := parts.get("number"):
        month = int(number) if number.isdigit() else _MONTH.get(number.lower(), 0)
    else:
        return _of_figures(parts, language, now)
    return _possible(parts, month, int(parts["day"]), now)


def _of_figures(parts: dict[str, str | None], language: str | None, now: datetime) -> datetime | None:
    """A date of three numbers, the year last: by the language, or where only one order is possible."""
    one, two = int(parts["one"] or 0), int(parts["two"] or 0)
    tag = (language or "").lower().replace("_", "-")
    if one <= 12 and two <= 12 and one != two and parts["mark"] != ".":
        if tag in ("", "en"):
            return None
        if tag in _WORDS["month_first"]:
            one, two = two, one
    elif two > 12:
        one, two = two, one
    return _possible(parts, two, one, now)


def _possible(parts: dict[str, str | None], month: int, day: int, now: datetime) -> datetime | None:
    hour, minute = int(parts.get("hour") or 0), int(parts.get("minute") or 0)
    if parts.get("half"):
        hour = hour % 12 + 12 * (parts["half"] in ("p", "P"))
    try:
        date = datetime(int(parts["year"] or 0), month, day, hour, minute)  # noqa: DTZ001 - pages show no offset
    except ValueError:
        return None
    return date if WEB_BEGAN <= date.replace(tzinfo=UTC) <= now else None


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
