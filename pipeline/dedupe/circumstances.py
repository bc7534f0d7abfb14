"""Where and when a text tells of, with what numbers and of whom: evidence for or against one event beside the words.

Reports of one kind (two shootings, two quakes, two title fights) share words that are rare in the language at large;
what tells their events apart are the place, the time, the figures and the people (`details`). Evidence is added as
logarithms to that of the words. What a text does not say is no evidence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pipeline.dates import DateMention, date_mentions
from pipeline.dedupe.details import details
from pipeline.dedupe.words import codes_of, short_codes
from schemas.records import Place

Matrix = NDArray[np.float32]

# The lead is where news says what happened where; what stands below names places of all kinds.
_LEAD = 600
_ANY_YEAR = datetime(2000, 12, 31, tzinfo=UTC)  # to read days without a year by; a leap year
_READ = 3_000  # characters read for dates and numbers
_WEEKDAYS_IN = 800
_MOST = {"lead_regions": 4, "regions": 8, "lead_countries": 4, "countries": 8, "years": 4, "days": 4, "numbers": 16}
# The lists that came later, together. A document that has any of the first group says so by a bit of its first count,
# one that has any of the second by that of its second; what was packed before has neither.
_LATER = ({"ages": 6, "times": 4, "people": 6}, {"streets": 6, "lead_towns": 4, "towns": 8})
_HAS_LATER = 0x80
_MORE = {name: most for group in _LATER for name, most in group.items()}
# The lists that are compared code by code. Regions of leads are looked for among all regions, countries likewise.
_COMPARED = (*_MOST, "ages", "streets", "towns", "lead_towns", "times")
_OF_ONE_KIND = np.array([0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 7, 8])
_CODES = 1 << 16
_NEAR = 20  # minutes: "about 9:40" and "at 9.45" are one time of day
# Towns are kept as the cell of one degree in which they lie, by row. Reports of one event name the town, its suburb or
# the next one along the road: those of one cell and of the eight around it, 50 to 200 km away, are near.
_CELLS = 360
_AROUND_CELL = [row + column for row in (-_CELLS, 0, _CELLS) for column in (-1, 0, 1)]
_NUMBER = re.compile(r"(?<![\w.,:])\d[\d,.]*\d(?![\w:])")
_DIGITS = re.compile(r"\d+")
_BEFORE, _AFTER = 30, 12  # characters around a digit that can belong to its date
_YEAR = re.compile(r"(?:19|20)\d\d$")
_WEEKDAY = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\b")
_ROUND_UP = 0x80  # the bit beside those of the seven weekdays
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class CircumstanceWeights:
    """How much each circumstance speaks for or against one event, in natural logarithms of the likeness.

    Attributes:
        region: against, where each names regions in its lead and neither names one of the other's anywhere.
        country: against, likewise of countries.
        town: against, likewise of towns, where none is near one of the other's.
        same_region: for, where both name one region in their leads.
        number: for, times ln(1 + n) for n numbers in common.
        year: against, where both state years and none in common.
        day: against, where both state days of the year in their leads and none in common.
        weekday: against, where both name weekdays and none in common.
        names: against, where each leads with two names or more and neither has one of the other's.
        one_name: against, where they share one such name alone.
        person: against, where each gives somebody with an age and neither knows one of the other's people.
        same_person: for, where it does.
        age: against, where both give ages and none in common.
        same_age: for, where they have one in common.
        time: against, where both give times of day and none is near one of the other's.
        street: against, where both name streets and none in common.
        date: against, where both tell days by which none is near one of the other's (`days_apart`).
    """

    region: float = 2.0
    country: float = 0.5
    town: float = 0.4
    same_region: float = 0.3
    number: float = 0.4
    year: float = 0.4
    day: float = 0.6
    weekday: float = 0.3
    names: float = 2.0
    one_name: float = 0.5
    person: float = 2.0
    same_person: float = 1.0
    age: float = 0.7
    same_age: float = 0.5
    time: float = 0.8
    street: float = 2.0
    date: float = 0.3


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Of one document, as codes of 16 bits: the regions and countries of its lead and of the whole text, the years that
    it states, the days of its lead (32 times the month, and the day) and its numbers; the weekdays of its lead as bits
    from Monday on, the day by which it is dated in its text, whether it is a round-up of reports on other
    events, and the names that it leads with; the ages, times of day and streets that it gives (`details`), and the
    names of those whose age it gives; the cells of its lead's towns and of all its towns.
    """

    lead_regions: tuple[int, ...] = ()
    regions: tuple[int, ...] = ()
    lead_countries: tuple[int, ...] = ()
    countries: tuple[int, ...] = ()
    years: tuple[int, ...] = ()
    days: tuple[int, ...] = ()
    numbers: tuple[int, ...] = ()
    weekdays: int = 0
    stated: date | None = None
    is_round_up: bool = False
    names: tuple[int, ...] = ()
    ages: tuple[int, ...] = ()
    times: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    streets: tuple[int, ...] = ()
    lead_towns: tuple[int, ...] = ()
    towns: tuple[int, ...] = ()

    def pack(self) -> bytes:
        """At most 205 bytes; none for a text that says nothing of the kind."""
        if self == Circumstances():
            return b""
        lists = [getattr(self, name) for name in _MOST]
        counts = bytearray(map(len, lists))
        later = bytearray()
        for at, group in enumerate(_LATER):
            more = [getattr(self, name) for name in group]
            if any(more):
                counts[at] |= _HAS_LATER
                later += bytes(map(len, more))
                lists += more
        day = self.stated.toordinal() if self.stated else 0
        header = bytes((*counts, self.weekdays | _ROUND_UP * self.is_round_up)) + day.to_bytes(3, "little") + later
        # The names come last, with no size of their own: what was packed before there were names has none.
        return header + np.array([code for part in (*lists, self.names) for code in part], "<u2").tobytes()

    @staticmethod
    @lru_cache(maxsize=4096)
    def unpack(packed: bytes) -> Circumstances:
        """The circumstances that `pack` packed."""
        if not packed:
            return Circumstances()
        count = len(_MOST)
        start = count + 4
        sizes = dict(zip(_MOST, (size & ~_HAS_LATER for size in packed[:count]), strict=True))
        for size, group in zip(packed, _LATER, strict=False):
            if size & _HAS_LATER:
                sizes |= zip(group, packed[start : start + len(group)], strict=True)
                start += len(group)
        codes = np.frombuffer(packed, "<u2", offset=start).tolist()
        held: dict[str, tuple[int, ...]] = {}
        at = 0
        for name, size in sizes.items():
            held[name] = tuple(codes[at : at + size])
            at += size
        day = int.from_bytes(packed[count + 1 : count + 4], "little")
        return Circumstances(
            held["lead_regions"],
            held["regions"],
            held["lead_countries"],
            held["countries"],
            held["years"],
            held["days"],
            held["numbers"],
            weekdays=packed[count] & ~_ROUND_UP,
            stated=date.fromordinal(day) if day else None,
            is_round_up=bool(packed[count] & _ROUND_UP),
            names=tuple(codes[at:]),
            ages=held.get("ages", ()),
            times=held.get("times", ()),
            people=held.get("people", ()),
            streets=held.get("streets", ()),
            lead_towns=held.get("lead_towns", ()),
            towns=held.get("towns", ()),
        )


def circumstances(text: str, places: Sequence[Place], names: tuple[int, ...] = (), headline: str = "") -> Circumstances:
    """What a document says of where, when, how many and of whom; `places` are those that extraction found in the text,
    `names` its `leading_names`.
    """
    named = [place for place in places if not place.demonym]
    lead = [place for place in named if place.start < _LEAD]
    start = text[:_READ]
    years: list[int] = []
    days: list[int] = []
    stated: date | None = None
    for at, one in _dated(start):
        if one.stretch:
            continue
        in_lead = at < _LEAD
        if one.names_year:
            years.append(one.date.year)
        if one.precision == "day" and in_lead:
            days.append(32 * one.date.month + one.date.day)
            stated = stated or (one.date if one.names_year else None)
    numbers = [number.replace(",", "") for number in _NUMBER.findall(start)]
    weekdays = {_WEEKDAYS.index(day) for day in _WEEKDAY.findall(text[:_WEEKDAYS_IN])}
    found = {
        "lead_regions": (f"{place.country} {place.region}" for place in lead if place.region),
        "regions": (f"{place.country} {place.region}" for place in named if place.region),
        "lead_countries": (place.country for place in places if place.start < _LEAD),
        "countries": (place.country for place in places),
        "numbers": (number for number in numbers if not _YEAR.match(number)),
    }
    codes = {name: _codes(words, _MOST[name]) for name, words in found.items()}
    told = details(f"{headline}\n{start}")
    return Circumstances(
        codes["lead_regions"],
        codes["regions"],
        codes["lead_countries"],
        codes["countries"],
        years=tuple(dict.fromkeys(years))[: _MOST["years"]],
        days=tuple(dict.fromkeys(days))[: _MOST["days"]],
        numbers=codes["numbers"],
        weekdays=sum(1 << day for day in weekdays),
        stated=stated,
        names=names,
        ages=told.ages[: _MORE["ages"]],
        times=told.times[: _MORE["times"]],
        people=short_codes(codes_of(told.people[: _MORE["people"]])),
        streets=_codes(told.streets, _MORE["streets"]),
        lead_towns=_cells(lead)[: _MORE["lead_towns"]],
        towns=_cells(named)[: _MORE["towns"]],
    )


def _cells(places: Sequence[Place]) -> tuple[int, ...]:
    """The cells of one degree in which the towns among places lie, each once."""
    towns = (place for place in places if place.precision == "town")
    return tuple(dict.fromkeys(_CELLS * math.floor(town.lat + 90) + math.floor(town.lon + 180) for town in towns))


def _dated(text: str) -> Iterator[tuple[int, DateMention]]:
    """The dates by the calendar and where they stand; only what is around digits is read for them."""
    start = end = 0
    for digit in _DIGITS.finditer(text):
        if digit.start() - _BEFORE > end:
            yield from _dated_in(text, start, end)
            start = digit.start() - _BEFORE
        end = digit.end() + _AFTER
    yield from _dated_in(text, start, end)


def _dated_in(text: str, start: int, end: int) -> Iterator[tuple[int, DateMention]]:
    for one in date_mentions(text[start:end], _ANY_YEAR, by_calendar=True) if end else ():
        yield start + one.start, one


def _codes(words: Iterable[str], most: int) -> tuple[int, ...]:
    """A number of 16 bits for each of the first different words: of two texts' few, one pair in some hundreds meets by
    chance.
    """
    first = list(dict.fromkeys(words))[:most]
    return tuple(int.from_bytes(blake2b(word.encode(), digest_size=2).digest(), "little") for word in first)


def evidence(ones: Sequence[Circumstances], others: Sequence[Circumstances], weights: CircumstanceWeights) -> Matrix:
    """For each of `ones` and each of `others` what their circumstances say: above 0 for one event, below 0 against."""
    if not ones or not others:
        return np.zeros((len(ones), len(others)), np.float32)
    held = _held(ones if ones is others else [*ones, *others])
    sides = {name: (rows[: len(ones)], rows[-len(others) :]) for name, rows in held.items()}
    lead, whole = sides["lead_regions"], sides["regions"]
    found: Matrix = weights.number * np.log1p(sides["numbers"][0] @ sides["numbers"][1].T)
    found += weights.same_region * _shared(lead, lead) - weights.region * _apart(lead, whole)
    found -= weights.country * _apart(sides["lead_countries"], sides["countries"])
    found -= weights.town * _apart(sides["lead_towns"], sides["towns"])
    for name, weight in (
        ("years", weights.year),
        ("days", weights.day),
        ("ages", weights.age),
        ("times", weights.time),
        ("streets", weights.street),
    ):
        found -= weight * _apart(sides[name], sides[name])
    found += weights.same_age * _shared(sides["ages"], sides["ages"])
    bits = [np.array([one.weekdays for one in side], np.uint8) for side in (ones, others)]
    common: NDArray[np.uint8] = bits[0][:, None] & bits[1][None, :]
    named: NDArray[np.bool_] = (bits[0] > 0)[:, None] & (bits[1] > 0)[None, :]
    found -= weights.weekday * ((common == 0) & named)
    return found


_Sides = tuple[Matrix, Matrix]


def _held(documents: Sequence[Circumstances]) -> dict[str, Matrix]:
    """For each list which codes each document has of it, as rows of 0 and 1 over the codes of all lists of its kind."""
    marks = [_marks(document) for document in documents]
    lists, codes = (np.concatenate(parts) for parts in zip(*marks, strict=True))
    distinct, columns = np.unique(codes, return_inverse=True)
    bounds = np.searchsorted(distinct, _CODES * np.arange(_OF_ONE_KIND[-1] + 2))
    first = bounds[_OF_ONE_KIND]
    starts = np.concatenate(([0], np.cumsum(bounds[_OF_ONE_KIND + 1] - first)))
    rows = np.zeros((len(documents), starts[-1]), np.float32)
    rows[
        np.repeat(np.arange(len(documents)), [len(part) for part, _ in marks]), (starts[:-1] - first)[lists] + columns
    ] = 1
    return {name: rows[:, starts[at] : starts[at + 1]] for at, name in enumerate(_COMPARED)}


@lru_cache(maxsize=4096)
def _marks(document: Circumstances) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each code of a document the number of its list, and the code, apart from those of lists of another kind."""
    lists = [getattr(document, name) for name in _COMPARED[:-2]]
    lists.append([cell + step for cell in document.lead_towns for step in _AROUND_CELL])
    # Of two rows of stretches, half a stretch apart, times that are near fall into one of either.
    lists.append(
        [mark for time in document.times for mark in (2 * (time // _NEAR), 2 * ((time + _NEAR // 2) // _NEAR) + 1)]
    )
    kinds = np.repeat(np.arange(len(lists)), [len(codes) for codes in lists])
    codes = np.array([code for codes in lists for code in codes], np.int64)
    return kinds, np.clip(codes, 0, _CODES - 1) + _CODES * _OF_ONE_KIND[kinds]


def _shared(ones: _Sides, others: _Sides) -> NDArray[np.bool_]:
    shared: NDArray[np.bool_] = (ones[0] @ others[1].T) > 0
    return shared


def _apart(lead: _Sides, whole: _Sides) -> NDArray[np.bool_]:
    """Where both have something in their leads, and neither has any of it in the other's whole."""
    said = [side.any(axis=1) for side in lead]
    apart: NDArray[np.bool_] = np.logical_and.outer(*said)
    met = _shared(lead, whole)
    if lead is not whole:
        met |= _shared(whole, lead)
    return apart & ~met
