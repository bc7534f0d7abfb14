"""Expressions of time in a sentence, and the dates they stand for.

A weekday or a date without a year is the latest one that is not after the publication: news tells what has happened.
Where the sentence speaks of what is to come, it is the next one.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from schemas.data_files import read_toml
from schemas.months import month_names
from schemas.records import DatePrecision

_BY_CALENDAR = frozenset({"day", "month", "year"})
_ORDER: tuple[DatePrecision, ...] = ("day", "week", "month", "year")
# A date some days ahead of the publication is still to come; one months ahead is that of the year before.
_AHEAD = timedelta(days=45)
# From this hour in UTC on it is tomorrow east of there, and a weekday ahead of the publication can be the local day.
_EVENING = 14
# How far from an expression the words that make it one of the future are looked for, in characters.
_AROUND = 60
_CLAUSE = 40
_ENDS_CLAUSE = re.compile(r"[,;:(—–]|\band\b")
_WITHIN_CLAUSE = re.compile(r"[.,;:]|\b(?:after|but|who|which|that)\b")


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date that a text speaks of.

    Attributes:
        start, end: where its expression stands, as offsets into the text given.
        date: the day; of a week its Monday, of a month or year its first day.
        precision: what of `date` the text says.
        stretch: whether the text names the beginning or end of a stretch of time ("since March") and no moment.
        future: whether it lies after the publication.
        names_year: whether the text names the year.
    """

    start: int
    end: int
    date: date
    precision: DatePrecision
    stretch: bool = False
    future: bool = False
    names_year: bool = False


def event_date(sentence: str, published: datetime | None, near: int | None = None) -> tuple[date, DatePrecision] | None:
    """When that happened of which a sentence tells.

    Args:
        sentence: the sentence, or several.
        published: when the document was published, with its offset where known; None leaves only dates with a year.
        near: an offset into the sentence: of several dates equally precise the one nearest to it is taken; without it
            the first.

    Returns:
        The date and how precise it is, or None where the sentence names no time, or only times to come or stretches
        ("since 2014").
    """
    told = [found for found in date_mentions(sentence, published) if not found.stretch and not found.future]
    if not told:
        return None
    at = near or 0
    best = min(told, key=lambda one: (_ORDER.index(one.precision), _apart(sentence, one, at), one.start))
    return best.date, best.precision


def _apart(sentence: str, one: DateMention, at: int) -> int:
    """Characters between an expression and an offset, each end of a clause counted as many."""
    start, end = (one.end, at) if one.end <= at else (at, one.start)
    return max(0, end - start) + _CLAUSE * len(_ENDS_CLAUSE.findall(sentence[start:end]))


def date_mentions(text: str, published: datetime | None, *, by_calendar: bool = False) -> list[DateMention]:
    """Every date of a text in order; `published` as for `event_date`; with `by_calendar` only those that the text names
    by day, month or year.
    """
    rules = _rules()
    taken: list[tuple[int, int]] = []
    found = []
    for expression in rules.expressions:
        if by_calendar and expression.kind not in _BY_CALENDAR:
            continue
        for match in expression.pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            ahead = rules.is_ahead(text, match)
            told = _read(expression, match, published, ahead, rules)
            if told is None:
                continue
            taken.append(match.span())
            day, precision = told
            stretch = bool(rules.since.search(text[max(0, match.start() - 24) : match.start()])) or bool(
                rules.since.search(match[0].split(" ")[0] + " ")
            )
            future = published is not None and _is_after(day, precision, published.date(), ahead)
            with_year = bool(match.groupdict().get("year"))
            found.append(DateMention(*match.span(), day, precision, stretch, future, with_year))
    return sorted(found, key=lambda one: one.start)


def _is_after(day: date, precision: DatePrecision, published: date, ahead: bool) -> bool:
    if precision == "day":
        return day > published + timedelta(days=0 if ahead else 1)
    return ahead and day >= published.replace(day=1) if precision in {"month", "year"} else day > published


@dataclass(frozen=True, slots=True)
class _Expression:
    kind: str
    pattern: re.Pattern[str]
    days: int


@dataclass(frozen=True, slots=True)
class _Rules:
    expressions: tuple[_Expression, ...]
    numbers: Mapping[str, Mapping[str, int]]
    future: re.Pattern[str]
    since: re.Pattern[str]

    def number(self, of: str, word: str) -> int:
        """Which month (1 to 12), weekday (0 to 6) or number a word is."""
        return self.numbers[of][word.lower().rstrip(".")]

    def is_ahead(self, text: str, match: re.Match[str]) -> bool:
        """Whether the clause that an expression stands in speaks of what is to come."""
        before, after = text[max(0, match.start() - _AROUND) : match.start()], text[match.end() : match.end() + _AROUND]
        cuts = [cut.end() for cut in _WITHIN_CLAUSE.finditer(before)]
        cut = _WITHIN_CLAUSE.search(after)
        clause = before[cuts[-1] if cuts else 0 :] + match[0] + after[: cut.start() if cut else None]
        return bool(self.future.search(clause))


@cache
def _rules() -> _Rules:
    listed: dict[str, Any] = read_toml(__package__, "expressions.toml")
    months = {name: number for number, names in enumerate(month_names("en"), 1) for name in names}
    numbers: dict[str, dict[str, int]] = {"month": months, "weekday": {}, "number": {"a": 1, "an": 1}}
    for name, words in listed.items():
        of = name.removesuffix("_short").removesuffix("_shorter").removesuffix("_longer").removesuffix("s")
        if of in numbers:
            numbers[of] |= {word.lower(): n for n, word in enumerate(words.split()) if word != "_"}
    alternatives = {of: "|".join(sorted((w.title() if of != "number" else w for w in words), key=len, reverse=True))
                    for of, words in numbers.items()}  # fmt: skip
    alternatives["unit"] = "|".join(listed["units"].split())
    return _Rules(
        tuple(
            _Expression(one["kind"], re.compile(one["pattern"].format(**alternatives)), one.get("days", 0))
            for one in listed["expressions"]
        ),
        numbers,
        re.compile(listed["future"]),
        re.compile(listed["since"]),
    )


def _read(
    expression: _Expression, match: re.Match[str], published: datetime | None, ahead: bool, rules: _Rules
) -> tuple[date, DatePrecision] | None:
    """The date of a match and its precision; None where it is no date, or none without a day of publication."""
    groups = match.groupdict()
    try:
        if expression.kind == "year":
            return date(int(groups["year"]), 1, 1), "year"
        if expression.kind in {"day", "month"}:
            return _of_calendar(expression.kind == "day", groups, published, ahead, rules)
        if published is None:
            return None
        today = published.date()
        if expression.kind == "offset":
            return today + timedelta(days=expression.days), "day"
        if expression.kind == "weekday":
            return _of_week(groups, published, ahead, rules), "day"
        if expression.kind == "ago":
            written = groups["number"]
            count = int(written) if written.isdigit() else rules.number("number", written)
            return _back(today, count, groups["unit"])
        return _span(today, groups["which"], groups["unit"])
    except ValueError:  # the 31st of June, the year 0
        return None


def _of_calendar(
    to_the_day: bool, groups: Mapping[str, str | None], published: datetime | None, ahead: bool, rules: _Rules
) -> tuple[date, DatePrecision] | None:
    month = (
        int(groups["number_of_month"] or 0)
        if "number_of_month" in groups
        else rules.number("month", groups["month"] or "")
    )
    day = int(groups["day"] or 1) if to_the_day else 1
    precision: DatePrecision = "day" if to_the_day else "month"
    if groups.get("year"):
        return date(int(groups["year"] or 0), month, day), precision
    if published is None:
        return None
    today = published.date()
    if (month, day) == (2, 29):
        year = next(year for year in range(today.year, today.year - 9, -1) if monthrange(year, 2)[1] == 29)
        return date(year, month, day), precision
    told = date(today.year, month, day)
    latest = today + (_AHEAD if ahead else timedelta(days=1))
    if told > latest:
        told = told.replace(year=today.year - 1)
    elif ahead and told < today - timedelta(days=180):
        told = told.replace(year=today.year + 1)
    return told, precision


def _of_week(groups: Mapping[str, str | None], published: datetime, ahead: bool, rules: _Rules) -> date:
    today, weekday = published.date(), rules.number("weekday", groups["weekday"] or "")
    back = (today.weekday() - weekday) % 7
    which = (groups["week"] or "").strip().removesuffix(" week")
    whole_week = (groups["week"] or "").endswith(" week")
    monday = today - timedelta(days=today.weekday())
    if whole_week:
        shift = {"last": -7, "this": 0, "next": 7}[which]
        return monday + timedelta(days=shift + weekday)
    if which in {"next", "the following"} or (ahead and which == ""):
        return today + timedelta(days=7 - back if back or which else 0)
    if which in {"last", "the previous"}:
        return today - timedelta(days=back or 7)
    if back == 6 and published.hour >= _EVENING:
        return today + timedelta(days=1)
    return today - timedelta(days=back)


def _back(today: date, count: int, unit: str) -> tuple[date, DatePrecision]:
    if unit == "day":
        return today - timedelta(days=count), "day"
    if unit == "week":
        return _monday(today - timedelta(weeks=count)), "week"
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
    if unit == "month":
        return date(months // 12, months % 12 + 1, 1), "month"
    return date(months // 12, 1, 1), "year"


def _span(today: date, which: str, unit: str) -> tuple[date, DatePrecision]:
    if unit == "weekend":
        friday = today - timedelta(days=(today.weekday() - 4) % 7)
        shift = {"next": 7}.get(which, 0)
        return _monday(friday + timedelta(days=shift)), "week"
    step = {"next": -1, "this": 0, "earlier this": 0, "later this": 0, "early this": 0}.get(which, 1)
    if unit == "week":
        return _monday(today - timedelta(weeks=step)), "week"
    return _back(today, step, unit)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
