"""Names of persons that the model has not met and left out or cut short, told by what the text says beside them.

A small model knows the names of the news that it learned from. On others the text itself is the better witness: a role
or title before ("the novelist Ifeoma Adichukwu"), an age or role after (", 58, the lawyer"), a verb of saying beside.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from spacy.lang.en.stop_words import STOP_WORDS

from pipeline.extract.inflection import inflections
from pipeline.extract.lists import read_toml
from pipeline.extract.tokens import AnalysedText, Span

_CAPITAL = "A-ZÀ-ÖØ-ÞĀĆČĎĐĘĚĞĢĪİĶŁŃŇŌŐŘŚŞŠŢŤŪŮŰŹŻŽȘȚ"
_CAPITALISED = rf"(?:[a-z]{{2,3}}-)?(?:[A-Z]['’])?[{_CAPITAL}](?:[\w-]*\w|)(?![\w’-]*\.\w)"
_PARTICLES = r"(?:(?:de|da|do|dos|das|del|della|di|du|van|von|der|den|ter|ten|bin|binti|ibn|al|el|la|le|y|e) )*"
# Two capitalised words at least; whether they name a person is asked of what is beside them.
_RUN = re.compile(rf"(?<![\w.’'-]){_CAPITALISED}(?:\.? {_PARTICLES}{_CAPITALISED})+")
_KIN = re.compile(
    rf"\b[HhTtMm](?:is|er|heir|y)(?: [a-z]+)? ([a-z]+),? (?P<name>{_CAPITALISED})(?![\w’'-]| [{_CAPITAL}])"
)
_WORD = re.compile(r"[^\s.]+\.?")
_AGED = re.compile(r",? \(?(?:aged? )?\d{1,2}[,.;)\n]|, an? \d{1,2}-year-old\b")
_APPOSED = re.compile(r", (?:(?:an?|the|his|her|their|its|[\w.]+[’']s?) )?((?:[\w-]+ ){0,4}[\w-]+)")
_VERB_AFTER = re.compile(r",? (?:also |then |later |has |had )?(\w+)")
_VERB_BEFORE = re.compile(r"[,”\"’'?!…] (\w+)(?: (?:the|a|an|his|her)(?: [\w-]+){1,4},?)? $")
_MOST_WORDS = 4


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(read_toml("people.toml")[kind].split())


@cache
def _first_names() -> frozenset[str]:
    return frozenset(name for names in read_toml("first_names.toml").values() for name in names.split())


@cache
def _telling() -> frozenset[str]:
    """Every form of the verbs that report."""
    cues = read_toml("cues.toml")
    return frozenset(cues["irregular"].split()) | {f for verb in cues["reporting"].split() for f in inflections(verb)}


def missed_persons(doc: AnalysedText, text: str, spans: Sequence[Span]) -> list[Span]:
    """Names of persons in the text that no span covers; those of `spans` that lie in one are parts of it.

    Args:
        doc: the analysed text.
        text: the same as a string.
        spans: the entities that the model found.
    """
    known = sorted((span.start_char, span.end_char, span.label_) for span in spans)
    starts = [start for start, _, _ in known]
    found: list[Span] = []
    for run in _RUN.finditer(text):
        covering = bisect_left(starts, run.start() + 1) - 1
        if covering >= 0 and known[covering][1] >= run.end():
            continue
        named = _name_within(text, run.start(), run.end())
        if named is None:
            continue
        start, end = named
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        if (first > 0 and known[first - 1][1] > start) or (last > first and known[last - 1][1] > end):
            continue
        if all(_is_part(text, start, part) for part in known[first:last]):
            span = doc.span_of(start, end, "PERSON")
            found += [span] if span is not None else []
    return found


def kin(doc: AnalysedText, text: str) -> list[Span]:
    """Names of one word that kinship makes a person's: "his wife, Halina"."""
    named = [m.span("name") for m in _KIN.finditer(text) if m[1] in _words("male") or m[1] in _words("female")]
    return [span for start, end in named if (span := doc.span_of(start, end, "PERSON")) is not None]


def _is_part(text: str, start: int, part: tuple[int, int, str]) -> bool:
    """Whether an entity in a name is a part that the model cut out of it; a person's lacks nothing but a first name."""
    return part[2] != "PERSON" or part[0] == start or text[start : part[0]].split()[0] in _first_names()


def _name_within(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The person's name in a run of capitalised words, if something says that it is one."""
    words = [(start + word.start(), word[0]) for word in _WORD.finditer(text[start:end])]
    called = False
    for number, (_, word) in reversed(list(enumerate(words))):
        if word.lower().rstrip(".") in _words("roles") or word.rstrip(".") in _words("titles"):
            words, called = words[number + 1 :], True
            break
    while words and (words[0][1].lower() in STOP_WORDS or words[0][1] in _words("dates")):
        words = words[1:]
    if not words:
        return None
    start = words[0][0]
    names = [word for _, word in words if word[0].isupper()]
    if not 2 <= len(names) <= _MOST_WORDS or any(not _may_name(word) for word in names):
        return None
    if called or _follows_role(text, start) or _speaks(text, start, end) or _is_described(text, end):
        return start, end
    if _goes_on(text, names[-1], end):
        return start, end
    return (start, end) if names[0] in _first_names() and len(names) < _MOST_WORDS else None


def _may_name(word: str) -> bool:
    if word in _words("dates") or word in _words("organisation_words") or word.lower() in STOP_WORDS:
        return False
    return len(word) < 3 or not word.isupper()


def _follows_role(text: str, start: int) -> bool:
    before = text[max(0, start - 30) : start]
    if not before.endswith((" ", ", ")) or not before.split():
        return False
    word = before.split()[-1]
    if word.endswith(","):  # "his uncle, Mahmoud al-Rashid"; not "the mayor, North Korea and"
        return word[:-1] in _words("male") | _words("female")
    return word in _words("roles") or word.rstrip(".") in _words("titles")


def _speaks(text: str, start: int, end: int) -> bool:
    after, before = _VERB_AFTER.match(text, end), _VERB_BEFORE.search(text, max(0, start - 60), start)
    if after is not None and after[1] in _telling():
        return True
    return before is not None and before[1] in _telling()


def _goes_on(text: str, surname: str, end: int) -> bool:
    """Whether the text goes on with the last word of a name alone, as with a surname; "the House" is none."""
    alone = re.compile(rf"(?<![{_CAPITAL}\w’'-])(?<![Tt]he )(?<!\b[A-Z]\. ){re.escape(surname)}\b(?! [{_CAPITAL}])")
    again = alone.search(text, end)
    return again is not None and not re.search(rf"[{_CAPITAL}]\w* $", text[: again.start()][-20:])


def _is_described(text: str, end: int) -> bool:
    """Whether an age or, behind a comma, a role follows."""
    if _AGED.match(text, end):
        return True
    apposed = _APPOSED.match(text, end)
    return apposed is not None and any(word in _words("roles") for word in apposed[1].split())
