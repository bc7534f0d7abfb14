"""The candidates for claims: every figure of a text that could count people, with the phrase it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.extract.claims.counted import Counted, find_counted
from pipeline.extract.claims.data import grammar
from pipeline.extract.claims.figures import Figure, find_figures
from pipeline.extract.claims.triggers import Triggers
from pipeline.extract.claims.uncounted import is_name, is_year, ratios
from pipeline.extract.tokens import AnalysedText, Span
from schemas.records import Measure

_AGE_WORDS = frozenset({"age", "aged", "ages"})
_AGE_LINKS = frozenset({"and", "to", "or", ","})


@dataclass(slots=True)
class Candidate:
    """A figure, the phrase it counts, and the measures that the rules suggest for it, none at first.

    `first` and `last` are the figure's tokens, `opens` the first of its bound ("at least"), `number` the place of its
    sentence in the text. Measures are `assumed` when nothing but the noun speaks for them. `shares` is the candidate
    before it that this one leans on for its group, `whole` the one after it of which it takes a part ("10 of the 12
    victims").
    """

    figure: Figure
    first: int
    last: int
    opens: int
    counted: Counted
    sentence: Span
    number: int
    measures: list[Measure] = field(default_factory=list)
    assumed: bool = False
    shares: Candidate | None = None
    whole: Candidate | None = None

    @property
    def noun(self) -> int:
        """The token of the noun counted, or of the figure where there is none."""
        return self.last if self.counted.head is None else self.counted.head

    @property
    def head_place(self) -> tuple[int, int] | None:
        """The characters of the noun counted; None where there is none."""
        if self.counted.head is None:
            return None
        noun = self.sentence.doc[self.counted.head]
        return noun.idx, noun.idx + len(noun)

    @property
    def sentence_place(self) -> tuple[int, int]:
        """The characters of the sentence."""
        return self.sentence.start_char, self.sentence.end_char

    @property
    def single(self) -> bool:
        """Whether one person is spoken of: "a man", "one of them"."""
        if self.figure.kind == "one":
            return True
        return self.figure.value == 1 and (self.counted.partitive or self.counted.head is None)


def candidates_in(doc: AnalysedText, sentence: Span, number: int, triggers: Triggers) -> Iterator[Candidate]:
    """The candidates of the sentence with that number; ages, years, numbers of names and ratios are passed over."""
    found = list(_phrases(doc, sentence, triggers))
    told = [(figure, counted, doc[last + 1] if last + 1 < len(doc) else None) for figure, _, last, counted in found]
    passed = ratios(doc.text, told)
    for figure, first, last, counted in found:
        if figure.start not in passed:
            yield Candidate(figure, first, last, doc.token_at(figure.opens).i, counted, sentence, number)


def _phrases(doc: AnalysedText, sentence: Span, triggers: Triggers) -> Iterator[tuple[Figure, int, int, Counted]]:
    """Figures of a sentence: each with its first and last token, and what it counts."""
    after_age = -1
    for figure in find_figures(doc.text, sentence.start_char, sentence.end_char):
        first, last = doc.token_at(figure.start).i, doc.token_at(figure.end - 1).i
        if is_year(doc.text, figure) or is_name(doc, first, figure):
            continue
        before = doc[first - 1].lower_ if first > sentence.start else ""
        if before in _AGE_WORDS or (before in _AGE_LINKS and first - 1 == after_age):
            after_age = last + 1  # "children ages 6 and 7"
            continue
        counted = find_counted(doc, last, sentence.end, triggers)
        if figure.kind == "one" and counted.sort != "person":
            continue  # an article counts nobody but persons
        if counted.sort == "none" and figure.text.lower() in grammar("vague_numbers"):
            counted = replace(counted, sort="person")  # "thousands gathered"
        yield figure, first, last, counted
