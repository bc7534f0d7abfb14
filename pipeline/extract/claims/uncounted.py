"""Figures that count nothing, whatever noun follows them: years, numbers that are part of a name, ratios."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from pipeline.dates import date_mentions
from pipeline.extract.claims.counted import Counted
from pipeline.extract.claims.data import read_toml
from pipeline.extract.claims.figures import Figure
from pipeline.extract.tokens import AnalysedText, Token

_YEAR = re.compile(r"(?:19|20)\d\d")
# Characters before and after a year that can make a date of it: "Wednesday, September 23rd, 2026".
_DATE = 32


@cache
def _words(name: str) -> frozenset[str]:
    words = read_toml("uncounted.toml")[name]
    return frozenset(words.split() if isinstance(words, str) else words)


def is_year(text: str, figure: Figure) -> bool:
    """Whether a figure is the year of a date, or one that its words name: "27 January 2026 Students march"."""
    if not _YEAR.fullmatch(figure.text):
        return False
    before = re.search(r"(\w+)[ -]$", text[max(0, figure.start - _DATE) : figure.start])
    if before and before[1].lower() in _words("before_years"):
        return True
    start = max(0, figure.start - _DATE)
    dates = date_mentions(text[start : figure.end], None, by_calendar=True)
    return any(date.precision != "year" and date.end == figure.end - start for date in dates)


def is_name(doc: AnalysedText, first: int, figure: Figure) -> bool:
    """Whether digits are part of a name, by the word before them; `first` is the figure's first token."""
    if not figure.text.isdigit() or not first:
        return False
    label = doc[first - 1]
    if not label.text[0].isupper() or label.lower_ not in _words("labels"):
        return False
    return label.i == 0 or doc[label.i - 1].tag_ != "NNP"


def ratios(text: str, figures: Sequence[tuple[Figure, Counted, Token | None]]) -> set[int]:
    """Where the figures begin that are of a ratio: "two in five patients", "one in nine survives".

    Args:
        text: the text.
        figures: those of a sentence in order, each with what it counts and the token after it.
    """
    found: set[int] = set()
    for (part, _, _), (whole, counted, following) in pairwise(figures):
        if text[part.end : whole.opens].strip().lower() not in _words("in_ratios") or _YEAR.fullmatch(whole.text):
            continue
        smaller = part.value is not None and whole.value is not None and part.value < whole.value
        done = following is not None and following.pos_ in ("AUX", "VERB")
        if smaller and (counted.sort == "person" or (counted.sort == "none" and done)):
            found |= {part.start, whole.start}
    return found
