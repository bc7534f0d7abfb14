"""Groups of people in words: whether "Taliban fighters", "the Taliban" and "militants" count the same people."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_STEM = 5  # Letters by which the forms of one name are told: Afghan and Afghanistan, Tunisians and Tunisia.
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Group:
    """Who is counted: the kind of people, None where only a name is given, and the names they go by."""

    kind: str | None
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Words:
    kind_of: dict[str, str]
    name_of: dict[str, str]
    further: frozenset[str]
    empty: frozenset[str]
    aside: frozenset[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = tomllib.loads(files(__package__).joinpath("groups.toml").read_text(encoding="utf-8"))
    kind_of = {word: kind for kind, listed in data["kinds"].items() for word in listed}
    name_of = {word: name for name, listed in data["names"].items() for word in listed}
    kind_of |= dict.fromkeys(data["everybody"], EVERYBODY)
    return _Words(kind_of, name_of, *(frozenset(data[key]) for key in ("further", "empty", "aside")))


def group(text: str | None) -> Group | None:
    """The group that a phrase names; everybody where it is None or says nothing, None for a remainder ("others").

    The kind is that of the last word known to tell one, or else the last word in small letters.
    """
    listed = _words()
    kinds: list[str] = []
    unknown: list[str] = []
    names: set[str] = set()
    for token in _WORD.findall(text or ""):
        word = token.casefold().removesuffix("'s").removesuffix("’s")
        if word in listed.further:
            return None
        if word in listed.aside and (kinds or unknown or names):
            break
        if word in listed.empty:
            continue
        if word in listed.kind_of:
            kinds.append(listed.kind_of[word])
        elif token[0].isupper() or word in listed.name_of:
            names.add(listed.name_of.get(word, word)[:_STEM])
        else:
            unknown.append(word)
    telling = [kind for kind in kinds if kind != EVERYBODY]
    if telling:
        return Group(telling[-1], frozenset(names))
    if kinds or not (unknown or names):
        return Group(EVERYBODY, frozenset(names))
    return Group(unknown[-1].removesuffix("s") if unknown else None, frozenset(names))


def joined(groups: Sequence[Group]) -> list[int]:
    """For each group the place of the first that counts the same people.

    Groups with names are the same where they share one and their kinds do not differ. A group without names is the same
    as another of its kind, or as the only named one of its kind, for then there is one it can mean.
    """
    first = list(range(len(groups)))

    def join(one: int, other: int) -> None:
        low, high = sorted((first[one], first[other]))
        first[:] = [low if place == high else place for place in first]

    named = [place for place, one in enumerate(groups) if one.names]
    for at, one in enumerate(named):
        for other in named[at + 1 :]:
            if groups[one].names & groups[other].names and _kinds_agree(groups[one].kind, groups[other].kind):
                join(one, other)
    for place, unnamed in enumerate(groups):
        if unnamed.names:
            continue
        same = [other for other, candidate in enumerate(groups) if candidate.kind == unnamed.kind]
        plain = [other for other in same if not groups[other].names]
        if unnamed.kind != EVERYBODY and len({first[other] for other in same if groups[other].names}) == 1:
            plain = same
        for other in plain:
            join(place, other)
    return first


def _kinds_agree(one: str | None, other: str | None) -> bool:
    return one == other or not {None, EVERYBODY}.isdisjoint((one, other))
