"""Groups of people in words: whether "Taliban fighters", "the Taliban" and "militants" count the same people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.kinds import kind_of_words
from schemas.data_files import read_toml

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SHORTEST_STEM = 3  # Letters of a name that are never taken for an ending.
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Group:
    """Who is counted: the kind of people, None where only a name is given, and the names they go by."""

    kind: str | None
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Words:
    kind_of: dict[str, str]
    otherwise: dict[str, str]
    name_of: dict[str, str]
    movements: tuple[tuple[frozenset[str], str, str], ...]
    further: frozenset[str]
    empty: frozenset[str]
    aside: frozenset[str]
    parts: frozenset[str]
    wholes: frozenset[str]
    endings: tuple[str, ...]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = read_toml(__package__, "groups.toml")
    otherwise, name_of = (
        {word: told for told, listed in data[table].items() for word in listed} for table in ("otherwise", "names")
    )
    kind_of = kind_of_words() | dict.fromkeys(data["everybody"], EVERYBODY)
    further, empty, aside, parts, wholes = (
        frozenset(data[key]) for key in ("further", "empty", "aside", "parts", "wholes")
    )
    endings = tuple(data["endings"])
    movements = [
        (frozenset(_stem(word.casefold(), endings) for word in _WORD.findall(name)), movement, kind)
        for kind, listed in data["movements"].items()
        for movement, names in listed.items()
        for name in names
    ]
    movements.sort(key=lambda entry: -len(entry[0]))  # "Islamic State Khorasan" before "Islamic State"
    return _Words(kind_of, otherwise, name_of, tuple(movements), further, empty, aside, parts, wholes, endings)


def group(text: str | None) -> Group | None:
    """The group that a phrase names; everybody where it is None or says nothing.

    None for a remainder ("others") and for part of a body that is not named ("members"). The kind is that of the last
    word known to tell one, or else the last word in small letters.
    """
    listed = _words()
    kinds: list[str] = []
    unknown: list[str] = []
    names: set[str] = set()
    part, otherwise = False, None
    for token in _WORD.findall(text or ""):
        word = token.casefold().removesuffix("'s").removesuffix("’s")
        if word in listed.further:
            return None
        if word in listed.aside and (kinds or unknown or names):
            break
        if word in listed.empty:
            continue
        if word in listed.parts:
            part = True
        elif word in listed.otherwise:
            otherwise = listed.otherwise[word]
        elif word in listed.kind_of:
            kinds.append(listed.kind_of[word])
        elif token[0].isupper() or word in listed.name_of:
            names.add(listed.name_of.get(word) or _stem(word, listed.endings))
        else:
            unknown.append(word)
    telling = [kind for kind in kinds if kind != EVERYBODY]
    named = next((entry for entry in listed.movements if entry[0] <= names), None)
    if named is not None:
        words, movement, kind = named
        names = names - words | {movement}
        otherwise = otherwise or kind
    if otherwise and not telling and not unknown:
        telling = [otherwise]
    if telling:
        return Group(telling[-1], frozenset(names))
    if part and not (kinds or unknown or names):
        return None
    if kinds or not (unknown or names):
        return Group(EVERYBODY, frozenset(names))
    return Group(unknown[-1].removesuffix("s") if unknown else None, frozenset(names))


def tells(text: str) -> bool:
    """Whether a phrase says anything of who is counted: "six miners" does, "them" and "the dead" do not."""
    who = group(text)
    return who is not None and (who.kind not in (None, EVERYBODY) or bool(who.names))


def _stem(name: str, endings: Sequence[str]) -> str:
    """What the forms of a name have in common."""
    while ending := next((e for e in endings if name.endswith(e) and len(name) - len(e) >= _SHORTEST_STEM), None):
        name = name.removesuffix(ending)
    return name


def joined(groups: Sequence[Group]) -> list[int]:
    """For each group the place of the first that counts the same people.

    A group that says less than another can mean it: "militants" or "the Taliban" those that somebody else calls Taliban
    fighters. It is taken to where all that it can mean is one count; where that is several, nobody can tell which.
    """
    distinct = {one: place for place, one in reversed(list(enumerate(groups)))}
    places = sorted(distinct.values())
    first = _joined([groups[place] for place in places])
    of = {groups[place]: places[at] for place, at in zip(places, first, strict=True)}
    return [of[one] for one in groups]


def _joined(groups: Sequence[Group]) -> list[int]:
    """The same, of groups that all differ: there are few, however many claims a story has."""
    first = list(range(len(groups)))
    told: list[int] = []
    for place in sorted(first, key=lambda place: (_is_bare(groups[place]), -len(groups[place].names))):
        one = groups[place]
        meant = {first[other] for other in told if _can_mean(one, groups[other])}
        if len(meant) == 1:
            low, high = sorted((place, *meant))
            first = [low if at == high else at for at in first]
            first[place] = low
        told.append(place)
    return first


def _is_bare(one: Group) -> bool:
    """Whether it tells no kind of people."""
    return one.kind in (None, EVERYBODY)


def _can_mean(one: Group, other: Group) -> bool:
    """Whether all that one says is said by the other. A name alone means the whole that goes by it, and no part."""
    if not one.names <= other.names:
        return False
    if one.kind == other.kind or not _is_bare(one):
        return one.kind == other.kind
    return bool(one.names) and (_is_bare(other) or other.kind in _words().wholes)
