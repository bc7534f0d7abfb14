"""The figures of a text: every number, in digits or words, that could count people, with its bounds.

Nothing is decided here about what is counted, only what plainly is no count is passed over: money, shares, clock times,
dates, decimals, parts of names ("G20", "LZ-1") and of compounds ("25-ton", "70-year-old").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from pipeline.extract.claims.data import read_toml
from schemas.records import Bounds, Qualifier

# Beyond a thousand million million nothing that news counts can be meant: the text is damaged or a joke. The bound
# keeps values, and sums of them, within the 64 bits of a column.
_LARGEST = 10**15

# Scales of which a number with a decimal point is told: "1.2 million", "1.5 lakh".
_FRACTIONS = 100_000

# The longest bound with the words that may follow it stays well under this many characters.
_BOUND = 60
# The longest bound has so many words ("at the very least" and one more).
_BOUND_WORDS = 5
# The words behind a figure that no mark but a comma parts from it: "4,000 at most.", "80, tops"
_FOLLOWING = re.compile(r",?(?:\s+[\w'’]+){1,6}")
_WORD = re.compile(r"[\w'’]+")

FigureKind = Literal["number", "vague", "zero", "same", "ordinal", "one"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as written (`text`, at `start` to `end`) and what it says; `opens` is where its bound begins."""

    start: int
    end: int
    text: str
    kind: FigureKind
    opens: int
    value: int | None = None
    low: int | None = None
    high: int | None = None
    qualifier: Qualifier = "exact"

    @property
    def bounds(self) -> Bounds:
        """Lowest and highest number that the figure allows; None where it sets none."""
        return self.low, self.high


@dataclass(frozen=True, slots=True)
class _Grammar:
    figure: re.Pattern[str]
    part: re.Pattern[str]
    before: dict[str, Qualifier]
    after: dict[str, Qualifier]
    skip: frozenset[str]
    prepositions: frozenset[str]
    compares: tuple[str, ...]
    definite: frozenset[str]
    belongs: dict[str, frozenset[str]]
    words: dict[str, int]
    scales: dict[str, int]


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(words, key=len, reverse=True))


@cache
def _grammar() -> _Grammar:
    data = read_toml("numbers.toml")
    scale, vague = _any(list(data["scales"])), data["vague"]
    # "10, 000" is one number, "1,426, 238 of them soldiers" two.
    fractions = _any([word for word, value in data["scales"].items() if value >= _FRACTIONS])
    digits = (
        r"\d{1,3}(?:,\d{3})+(?!\d)|\d{1,2}(?:,\d\d)+,\d{3}(?!\d)|\d{1,3}(?:,\s\d00)(?!\d)"
        rf"|\d{{1,3}}(?:\.\d+)(?=[\s-](?:{fractions})\b)|\d+"
    )
    words = data["words"]
    tens, units = (_any([word for word in words if low <= words[word] < high]) for low, high in ((20, 100), (1, 10)))
    spelled = rf"(?>(?:{tens})[\s-](?:{units})\b|(?:{_any(list(words))})(?:-(?:{_any(list(words))}))?)"
    scaled = rf"(?:\s|-)(?:{scale})\b(?:\s(?:and\s)?{spelled}\b)?|(?<=hundred)\s(?:and\s)?{spelled}\b"
    # Atomic, and of at most six parts ("two million three hundred thousand and five"): time stays linear in any text.
    number = (
        rf"(?>(?:{digits})(?:[\s-](?:{scale})\b)?"
        rf"|half[\s-](?:a[\s-])?(?:dozen|million)"
        rf"|(?:an?\s(?:{scale})\b|{spelled}|dozen\b|hundred\b)(?:{scaled}){{0,6}})"
    )
    nouns = _any(vague["nouns"])
    figure = rf"""(?ix)(?<![\w$€£¥₹\#@/.,\-–])(?<![$€£¥₹]\s)(?:
        (?P<same>(?:{_any(data["same"]["words"])})\b(?!\sas\b))
      | (?P<zero>(?:{_any(data["zero"]["words"])})\b(?!\s(?:{_any(data["zero"]["unless_before"])})\b))
      | (?P<vague>(?:(?:{nouns})\sof\s)?(?:{nouns})\b
                | (?:{_any(vague["before_scale"])})\s(?:{scale})\b
                | (?:{_any(vague["before_of"])})(?=\sof\s)
                | (?<!how\s)(?<!so\s)(?<!too\s)(?<!as\s)(?:{_any(vague["words"])})\b)
      | (?P<range>(?:(?<!from\s)|(?<=anywhere\sfrom\s)|(?<=somewhere\sfrom\s))
                  (?P<from>{number})(?:\s?[-–—]\s?|\sto\s|\sor\s)(?P<to>{number})\b
                | (?<=between\s)(?P<least>{number})\sand\s(?P<most>{number})\b)
      | (?P<ordinal>\d+(?:st|nd|rd|th)\b)
      | (?P<number>{number}\b)
      | (?P<one>(?:{_any(data["one_person"]["words"])})\b)
    )(?P<plus>\+)?(?!-?[%‰°])(?!\s?(?:percent|per\scent|percentage|pc|km|kg|cm|mm|mph|a\.?m\.?|p\.?m\.?)\b)
    (?![:/]\d|\.\d|,\d|-\w|[–]\d|['’]s\b|['’]\d|\w)"""
    return _Grammar(
        re.compile(figure),
        re.compile(rf"(?i){digits}|[a-z]+"),
        {phrase: key for key, phrases in data["bounds"].items() for phrase in phrases},
        {phrase: key for key, phrases in data["bounds_after"].items() for phrase in phrases},
        frozenset(data["skip"]["words"]),
        frozenset(data["no_bound"]["prepositions"].split()),
        tuple(f" {word}" for word in data["no_bound"]["compares"].split()),
        frozenset(data["no_bound"]["definite"].split()),
        {phrase: frozenset(words.split()) for phrase, words in data["no_bound"]["after"].items()},
        data["words"],
        data["scales"],
    )


def find_figures(text: str, start: int, end: int) -> Iterator[Figure]:
    """The figures of the sentence `text[start:end]`, in order, offsets into `text`."""
    grammar = _grammar()
    for match in grammar.figure.finditer(text, start, end):
        figure = _read(match, grammar)
        if figure is not None:
            yield _bounded(figure, text, start, end, match["plus"] is not None, grammar)


def _read(match: re.Match[str], grammar: _Grammar) -> Figure | None:
    kind = next(
        name for name in ("same", "zero", "vague", "range", "ordinal", "number", "one") if match[name] is not None
    )
    start, end = match.span(kind)
    figure = Figure(start, end, match[kind], "number", start)
    match kind:
        case "range":
            low = value_of(match["from"] or match["least"], grammar)
            high = value_of(match["to"] or match["most"], grammar)
            if low is None or high is None:
                return _absurd(figure)
            # "5-6,000" and "two to three million" say the scale once.
            scale = next((s for s in (1_000_000, 1_000) if low * s <= high < low * s * 10), 1)
            if low < 1_000 and (match["from"] or match["least"]).isdigit():
                low *= scale
            opens = start - len("between ") if match["least"] else start
            return replace(figure, opens=opens, low=low, high=high, qualifier="between") if low < high else None
        case "ordinal":
            value = value_of(figure.text[:-2], grammar)
            return replace(figure, kind="ordinal", value=value, low=value, high=value) if value is not None else None
        case "vague":
            return replace(figure, kind="vague", qualifier="vague")
        case "same":
            return replace(figure, kind="same")
        case "zero":
            return replace(figure, kind="zero", value=0, low=0, high=0)
        case "one":
            return replace(figure, kind="one", value=1, low=1, high=1)
        case _:
            value = value_of(figure.text, grammar)
            return replace(figure, value=value, low=value, high=value) if value is not None else _absurd(figure)


def _absurd(figure: Figure) -> Figure:
    """A figure whose number is too large to be one: it is kept as written, without a value."""
    return replace(figure, kind="vague", qualifier="vague")


def value_of(text: str, grammar: _Grammar | None = None) -> int | None:
    """The value of a number in digits or words, such as "1,200", "145.5 million", "two dozen", "half a million".

    None for one so large that nothing can have been counted.
    """
    grammar = grammar or _grammar()
    total, part = 0, 0.0
    for word in grammar.part.findall(text.lower()):
        if word[0].isdigit():
            part += float(re.sub(r"[,\s]", "", word))
        elif word == "half":
            part += 0.5
        elif word in grammar.words:
            part += grammar.words[word]
        elif word in grammar.scales:
            scale = grammar.scales[word]
            if not part and total:  # "billion billion"
                total, part = 0, float(total)
            part = (part or 1) * scale
        if total + part > _LARGEST:
            return None
        if grammar.scales.get(word, 0) >= 1_000:
            total, part = total + round(part), 0
    return total + round(part)


def _bounded(figure: Figure, text: str, start: int, end: int, plus: bool, grammar: _Grammar) -> Figure:
    """The figure with the bound that stands before it ("at least"), after it ("or more") or on it ("50+")."""
    if figure.kind not in ("number", "same", "vague"):
        return figure
    opens, qualifier = _bound_before(figure, text[max(start, figure.start - _BOUND) : figure.start], grammar)
    behind = figure.end + plus
    if plus or qualifier is None:
        qualifier = "at_least" if plus else _bound_after(text, behind, min(end, behind + _BOUND), grammar)
    figure = replace(figure, opens=opens)
    return qualified(figure, qualifier) if qualifier and figure.qualifier == "exact" else figure


def _bound_before(figure: Figure, before: str, grammar: _Grammar) -> tuple[int, Qualifier | None]:
    """Where the bound in the words before a figure begins, and what it says; the figure's own opening without one."""
    words = list(re.finditer(r"[^\s\"“'‘(.…–—-]\S*", before))
    lower = [word[0].lower() for word in words]
    for skipped in range(3):
        end = len(words) - skipped
        for start in range(max(0, end - _BOUND_WORDS), end):
            phrase = " ".join(lower[start:end])
            if phrase in grammar.before:
                if _is_none(phrase, lower[:start], lower[end:], grammar):
                    return figure.opens, None
                return figure.start - len(before) + words[start].start(), grammar.before[phrase]
        if end <= 0 or lower[end - 1] not in grammar.skip:
            break
    return figure.opens, None


def _bound_after(text: str, start: int, end: int, grammar: _Grammar) -> Qualifier | None:
    """What the words behind a figure say of its bound: right behind it ("50 or more"), between a comma and another mark
    ("80, tops”"), or in several words behind the one that it counts ("50 people at most"). None where they bound
    nothing, or the next number ("20 dead, at least 5 of them children").
    """
    following = _FOLLOWING.match(text, start, end)
    if following is None:
        return None
    words = list(_WORD.finditer(following[0]))
    after_comma = following[0].startswith(",")
    after_noun = words[0][0].isalpha() and not after_comma
    for first in (0, 1) if after_noun else (0,):
        for last in range(len(words), 2 * first, -1):
            phrase = " ".join(word[0].lower() for word in words[first:last])
            if phrase in grammar.after:
                behind = start + words[last - 1].end()
                goes_on = text[behind : behind + 1] in (" ", "-")
                bounds_next = grammar.figure.match(text, behind + 1, end) is not None
                return None if bounds_next or (after_comma and goes_on) else grammar.after[phrase]
    return None


def _is_none(phrase: str, before: Sequence[str], after: Sequence[str], grammar: _Grammar) -> bool:
    """Whether the words of a bound set none, by those before and after them: "handed over 15", "asked about the 27",
    "more than the six that police admit"."""
    if (phrase in grammar.prepositions or phrase.endswith(grammar.compares)) and not grammar.definite.isdisjoint(after):
        return True
    return bool(before) and before[-1] in grammar.belongs.get(phrase, ())


def qualified(figure: Figure, qualifier: Qualifier) -> Figure:
    """The figure with a bound: "at least seven" is 7 or more, "more than 100" is 101 or more, "about 50" is open."""
    value = figure.value
    low, high = value, value
    if value is not None:
        match qualifier:
            case "at_least":
                high = None
            case "at_most":
                low = None
            case "more_than":
                low, high = value + 1, None
            case "fewer_than":
                low, high = None, value - 1
            case "about":
                low = high = None
    return replace(figure, low=low, high=high, qualifier=qualifier)
