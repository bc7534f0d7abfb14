"""The words that say what has befallen the people counted: read from `patterns.toml`, found with spaCy's matchers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, Literal, cast, get_args

from spacy.matcher import Matcher, PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.extract.inflection import inflections
from pipeline.measures import TRAITS, patterns
from schemas.records import Measure

Role = Literal["object", "subject", "state", "noun", "of", "total", "kind", "holder", "manner"]
Want = Literal["anybody", "people", "armed", "lives"]

_WANTS: dict[str, Want] = {"": "anybody", "weak": "people", "armed": "armed", "lives": "lives"}
# At most this many words may stand at a ".." in a pattern ("take to .. hospital"), none of them one of these.
_GAP = 3
_STOPS = [",", ".", ";", ":", "!", "?", "(", ")", "–", "—", "and", "or", "but"]


@dataclass(frozen=True, slots=True)
class Trigger:
    """Tokens `start` to `end` say `measure` of what stands to them in `role`, where that is what they `want`."""

    start: int
    end: int
    measure: Measure
    role: Role
    want: Want


@dataclass(frozen=True, slots=True)
class Triggers:
    """The triggers of a document by the token they start at and by the last token they cover."""

    starting: dict[int, list[Trigger]]
    ending: dict[int, list[Trigger]]

    def at(self, token: int, *roles: Role) -> list[Trigger]:
        """Those of the given roles that start at a token."""
        return [trigger for trigger in self.starting.get(token, ()) if trigger.role in roles]

    def up_to(self, token: int, *roles: Role) -> list[Trigger]:
        """Those of the given roles whose last token is this one."""
        return [trigger for trigger in self.ending.get(token, ()) if trigger.role in roles]


@dataclass(frozen=True, slots=True)
class _Matchers:
    """Triggers of one fixed form after another (a trie over the words) and those with a gap in them.

    `gapped` tries each of its patterns at each token, so that it is given only the `reach` tokens up to each of the
    words that end them, which `ends` finds.
    """

    fixed: PhraseMatcher
    gapped: Matcher
    ends: PhraseMatcher
    reach: int


def _choices(part: str) -> list[str]:
    """The forms that may stand in one place of a phrase of several words: any inflection, but of such as "to"."""
    plain = patterns()["plain"]
    return sorted({form for word in part.split("/") for form in ({word} if word in plain else inflections(word))})


def _gapped_pattern(phrase: list[str]) -> list[dict[str, Any]]:
    gap = {"LOWER": {"NOT_IN": _STOPS}, "IS_SPACE": False, "LIKE_NUM": False, "OP": f"{{0,{_GAP}}}"}
    return [gap if part == ".." else {"LOWER": {"IN": _choices(part)}} for part in phrase]


@cache
def _matchers(vocab: Vocab) -> _Matchers:
    fixed, ends, gapped = PhraseMatcher(vocab, attr="LOWER"), PhraseMatcher(vocab, attr="LOWER"), Matcher(vocab)
    reach = 0
    for measure in get_args(Measure):
        table = patterns()[measure]
        for name, phrases in ((name, table[name]) for name in table if name not in TRAITS):
            key = f"{measure} {name}"
            gaps = [phrase.split() for phrase in phrases if ".." in phrase]
            if gaps:
                gapped.add(key, [_gapped_pattern(phrase) for phrase in gaps])
                ends.add(key, [Doc(vocab, words=[form]) for phrase in gaps for form in _choices(phrase[-1])])
                reach = max(reach, *(len(phrase) + phrase.count("..") * (_GAP - 1) for phrase in gaps))
            parts = [phrase.replace("-", " - ").split() for phrase in phrases if ".." not in phrase]
            words = [choice for phrase in parts if len(phrase) > 1 for choice in product(*map(_choices, phrase))]
            inflected = not name.endswith("state")  # participles and adjectives stand as they are
            single = [phrase[0] for phrase in parts if len(phrase) == 1]
            words += [(form,) for word in single for form in (inflections(word) if inflected else {word})]
            fixed.add(key, [Doc(vocab, words=list(choice)) for choice in words])
    return _Matchers(fixed, gapped, ends, reach)


def _matches(doc: Doc) -> list[tuple[int, int, int]]:
    """Key, start and end of everything in a text that the patterns fit."""
    matchers = _matchers(doc.vocab)
    windows: list[tuple[int, int]] = []
    for end in sorted({end for _, _, end in matchers.ends(doc)}):
        start = max(0, end - matchers.reach)
        if windows and start <= windows[-1][1]:
            start = windows.pop()[0]
        windows.append((start, end))
    found: list[tuple[int, int, int]] = matchers.fixed(doc)
    for first, last in windows:
        found += [(key, first + start, first + end) for key, start, end in matchers.gapped(doc[first:last])]
    return found


def find_triggers(doc: Doc) -> Triggers:
    """The triggers of a text; none that lies within a longer one ("shot" in "fatally shot")."""
    strings = doc.vocab.strings
    starting: dict[int, list[Trigger]] = defaultdict(list)
    ending: dict[int, list[Trigger]] = defaultdict(list)
    longest = (0, 0)
    for key, start, end in sorted(_matches(doc), key=lambda match: (match[1], -match[2])):
        if end <= longest[1] and (start, end) != longest:
            continue
        longest = (start, end)
        measure, name = strings[key].split()
        want, _, role = name.rpartition("_")
        trigger = Trigger(start, end, cast(Measure, measure), cast(Role, role), _WANTS[want])
        starting[start].append(trigger)
        ending[end - 1].append(trigger)
    return Triggers(starting, ending)
