"""Claimants: whether two names of speakers are one's ("Dashti" and "Fahim Dashti", "WHO" and its words in full)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.data_files import read_words

_WORD = re.compile(r"\w+")
_ARTICLES = frozenset({"the", "a", "an"})
_JOINTS = frozenset({"of", "for", "and", "to", "on", "in"})  # Words that initials may leave out.
_SHORTEST_INITIALS = 2


@dataclass(frozen=True, slots=True)
class ClaimantName:
    """A claimant's name, its words in small letters without accents and articles; an outlet's is no other's part."""

    words: tuple[str, ...]
    outlet: bool = False

    @staticmethod
    def of(told: str, *, outlet: bool = False) -> ClaimantName:
        """The name in somebody's words."""
        letters = (c for c in unicodedata.normalize("NFKD", told.casefold()) if not unicodedata.combining(c))
        return ClaimantName(tuple(word for word in _WORD.findall("".join(letters)) if word not in _ARTICLES), outlet)

    @property
    def initials(self) -> set[str]:
        """The first letters of its words, with and without the little ones."""
        return {"".join(word[0] for word in self.words if word not in out) for out in (_JOINTS, frozenset())}


def same_speakers(names: Sequence[ClaimantName]) -> list[int]:
    """For each name the place of the first that is the same speaker's.

    Some words of a name are the whole of it where one speaker alone has them, and they are more than a role that many
    have ("officials").
    """
    first = list(range(len(names)))
    told: dict[ClaimantName, int] = {}
    for place in sorted(first, key=lambda place: (-len(names[place].words), place)):
        name = names[place]
        if name not in told:
            same = {told[other] for other in told if _is_same(other, name)}
            meant = same or {told[other] for other in told if _is_part(name, other)}
            told[name] = meant.pop() if len(meant) == 1 else place
        first[place] = told[name]
    lowest: dict[int, int] = {}
    for place, at in enumerate(first):
        lowest.setdefault(at, place)
    return [lowest[at] for at in first]


def _is_same(long: ClaimantName, short: ClaimantName) -> bool:
    """Whether they differ in the order or spacing of their words, or one is the other's initials."""
    if long.outlet != short.outlet:
        return False
    if set(long.words) == set(short.words) or "".join(long.words) == "".join(short.words):
        return True
    return len(short.words) == 1 and len(short.words[0]) >= _SHORTEST_INITIALS and short.words[0] in long.initials


def _is_part(short: ClaimantName, long: ClaimantName) -> bool:
    words = set(short.words)
    return (
        not (short.outlet or long.outlet)
        and words <= set(long.words)
        and not words <= read_words(__package__, "roles.txt")
    )
