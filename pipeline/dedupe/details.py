"""Details that tell one incident from another of its kind: who was in it, how old they are, in what street and at what
hour it was.

Reports of two shootings in one town share the town, its police and their spokesman. What they do not share is who was
shot: news gives those whom an event befell, and those accused of it, with their age, and hardly anybody else. Where the
police give no names yet, they give the street.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from schemas.data_files import read_toml

_OLDEST = 110
_AROUND = 60  # characters around a number in which its words stand
_HALF_DAY = 12 * 60  # minutes: 3:30 p.m. and 15.30 are one, and many reports leave out which half of the day it was
_DIGITS = re.compile(r"\d+")
_LONGER_BEFORE = re.compile(r"[\w.,:/$€£+-]$")  # what makes digits a part of something longer
_LONGER_AFTER = re.compile(r"[%/:]|[.,]\d")
_MINUTES = re.compile(r"([:.h])(\d\d)(?![\w%]|[.,]\d)")
_MOST_DIGITS = 3  # of an age or an hour
_HOURS, _MINUTES_IN_HOUR = 24, 60
_INTRODUCTION = 24  # characters of the longest words before an age
_SUFFIX = re.compile(r"(?i)^(?:jr|sr|[ivx]+)\.?$")
_DIRECTION = re.compile(r"^(?:[A-Z]\.)+$")  # "S.W."
_MARKS = ".,;:()[]\"“”‘’'"
_ARTICLE, _PARTICLE = 4, 3  # letters of the longest: "a", "eine", "de" before an age; "de", "van", "bin" within a name
_INITIAL = 2  # characters of "A."
_MOST_BETWEEN = 3  # words between an age and the name that follows it: "34-year-old postal worker Ana Mora"


@dataclass(frozen=True, slots=True)
class Details:
    """The last names of those given with an age, in small letters; the ages; the times of day, in minutes of twelve
    hours; the names of streets, in small letters: of several words the one that stands beside the kind of street, or
    the last. Each once.
    """

    people: tuple[str, ...] = ()
    ages: tuple[int, ...] = ()
    times: tuple[int, ...] = ()
    streets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Forms:
    after: re.Pattern[str]
    before: re.Pattern[str]
    beside_name: re.Pattern[str]
    hour: re.Pattern[str]
    street_after: re.Pattern[str]
    street_before: re.Pattern[str]
    street_joined: tuple[str, ...]
    corner: re.Pattern[str]
    no_street: frozenset[str]

    @staticmethod
    @lru_cache(maxsize=1)
    def read() -> _Forms:
        data = read_toml(__package__, "details.toml")
        age, street = data["age"], data["street"]
        units = "|".join(age["unit"])
        return _Forms(
            re.compile(rf"^(?:{'|'.join(age['after'])})"),
            re.compile(rf"(?:{'|'.join(age['before'])}) $"),
            re.compile(rf"^(?:[,;)\]\n]|\.?$|\.\s| \[| (?:{units})\b)"),
            re.compile(rf"^ ?(?:{'|'.join(data['time']['after'])})"),
            re.compile(rf" (?:{'|'.join(street['after'])})(?![\w-])"),
            re.compile(rf" (?:{'|'.join(street['before'])}) (?:{'|'.join(street['particle'])})?(?=[\w])"),
            tuple(street["joined"]),
            re.compile(rf"^{street['corner']}"),
            frozenset(street["figurative"]),
        )


def details(text: str) -> Details:
    """Reads them from a text in any language that writes them as `details.toml` says."""
    people: dict[str, None] = {}
    ages: dict[int, None] = {}
    times: dict[int, None] = {}
    corners: list[str] = []
    corner_of = _Forms.read().corner
    for digits in _DIGITS.finditer(text):
        start, end = digits.span()
        if end - start > _MOST_DIGITS or _LONGER_BEFORE.match(text[max(0, start - 1) : start]):
            continue
        number = int(digits[0])
        after = text[end : end + _AROUND]
        if corner := corner_of.match(after):
            corners += [digits[0] + corner[1], corner[2]]
        if (time := _time(number, after)) is not None:
            times[time] = None
        elif 0 < number <= _OLDEST and not _LONGER_AFTER.match(after):
            is_age, name = _age(text[max(0, start - _AROUND) : start], after)
            if is_age:
                ages[number] = None
            if name:
                people[name] = None
    return Details(tuple(people), tuple(ages), tuple(times), _streets(text, corners))


def _streets(text: str, corners: list[str]) -> tuple[str, ...]:
    """The names of the streets that a text tells, with those that it tells by their corners."""
    forms = _Forms.read()
    found = [*corners]
    for kind in forms.street_after.finditer(text):
        before = text[max(0, kind.start() - _INTRODUCTION) : kind.start()].split()
        found += [word for word in before[-2:] if not _SUFFIX.match(word)][-1:]
    for kind in forms.street_before.finditer(text):
        name: list[str] = []
        for word in text[kind.end() : kind.end() + _AROUND].split():
            if not _is_of_street(word) or (name and forms.street_after.match(f" {word}")):
                break
            name.append(word)
            if word.endswith((",", ".", ")", ";")) and not _DIRECTION.match(word):
                break
        found += name[-1:]
    for joined in forms.street_joined:
        if joined in text:
            found += re.findall(rf"\w+(?={joined}\b)", text)
    named = (word.strip(_MARKS) for word in found if _is_of_street(word))
    return tuple(dict.fromkeys(name.lower() for name in named if name and name not in forms.no_street))


def _is_of_street(word: str) -> bool:
    """Whether a word can be of a street's name: capitalised or an ordinal."""
    return word[:1].isupper() or word[:1].isdigit()


def _age(before: str, after: str) -> tuple[bool, str | None]:
    """Whether a number between these is an age, and whose."""
    forms = _Forms.read()
    if introduced := forms.before.search(before[-_INTRODUCTION:]):
        whose = before.removesuffix(introduced[0])
        return True, _name_before(whose) or _caseless(whose)
    if forms.after.match(after):
        return True, _name_before(before) or _name_after(after)
    name = _name_before(before) if forms.beside_name.match(after) else None
    return name is not None, name


def _time(hour: int, after: str) -> int | None:
    """The time of day that an hour and what follows it tell."""
    minutes = _MINUTES.match(after)
    # A dot is more often that of a sum, 7.50.
    is_time = (minutes and minutes[1] != ".") or _Forms.read().hour.match(after[minutes.end() if minutes else 0 :])
    if not is_time or hour > _HOURS or (minutes and int(minutes[2]) >= _MINUTES_IN_HOUR):
        return None
    return (60 * hour + int(minutes[2] if minutes else 0)) % _HALF_DAY


def _name_before(before: str) -> str | None:
    """The last part of the name that a comma or bracket parts from what follows, an article or particle aside."""
    words = before.split()
    if words and words[-1].isalpha() and words[-1].islower() and len(words[-1]) <= _ARTICLE:
        words.pop()
    if not words or not (before.rstrip().endswith((",", "(")) or words[-1].endswith(",")):
        return None
    if words[-1] == "(":
        words.pop()
    words[-1:] = [words[-1].removesuffix(",")] if words else []
    name: list[str] = []
    for word in reversed(words):
        if not word[:1].isupper():
            if name and word.isalpha() and len(word) <= _PARTICLE:
                continue
            break
        if name and word.endswith((",", ")", ":", ";")):
            break
        name.append(word)
    return _last(name[::-1])


def _caseless(before: str) -> str | None:
    """The last word, in a script that has no capitals to tell names by."""
    words = before.split()
    return words[-1] if words and words[-1].isalpha() and words[-1].lower() == words[-1].upper() else None


def _name_after(after: str) -> str | None:
    name: list[str] = []
    for place, word in enumerate(after.split()[1:]):
        if word[:1].isupper():
            name.append(word)
        elif name or place >= _MOST_BETWEEN:
            break
        if name and word.endswith((",", ".", ")", ":", ";")) and len(word) > _INITIAL:
            break
    return _last(name)


def _last(name: list[str]) -> str | None:
    parts = [part for word in name if (part := word.strip(_MARKS)) and not _SUFFIX.match(part)]
    if len(parts) < 2:
        return None
    # Of O'Connor what words are made of: runs of letters.
    runs = [run for run in re.findall(r"\w+", re.sub(r"['’]s$", "", parts[-1])) if len(run) > 1]
    return runs[-1].lower() if runs else None
