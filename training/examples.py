"""What the transformer learns from: windows of the corpus with the figures in them, and what each figure means."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.extract.claims.features import of_candidate
from pipeline.extract.claims.readings import NONE
from pipeline.extract.claims.transformer.windows import Window, window
from training.corpus import GoldClaim
from training.fit import Read, claimed_by, fit_first

# Figures that the regression of the other writers holds for less likely a claim teach nothing: the program does not
# ask about them.
_PLAUSIBLE = 0.03

# Where a mention that may be the claimant stands: its token in the window, or one of these.
OUTLET, OUT_OF_SIGHT = -1, -2


@dataclass(frozen=True, slots=True)
class FigureExample:
    """A figure in its window: its first token, that of its noun, the tokens of who may claim it, and the answers.

    `gold` is None for what is no claim; `right` says of each mention whether it is the claimant.
    """

    token: int
    noun: int
    mentions: tuple[int, ...]
    right: tuple[bool, ...]
    gold: GoldClaim | None


@dataclass(frozen=True, slots=True)
class Example:
    """A window and its figures."""

    window: Window
    figures: tuple[FigureExample, ...]


def examples(articles: Sequence[Read], writers: Collection[str]) -> list[Example]:
    """The examples of the articles by these writers; which figures are plausible, a regression of all others says."""
    found = []
    for writer in sorted(writers):
        others = fit_first([article for article in articles if article.writer != writer])
        none = others.classes.index(NONE)
        for article in (article for article in articles if article.writer == writer):
            plausible = [
                gold is not None or others.probabilities(of_candidate(candidate, article.around))[none] < 1 - _PLAUSIBLE
                for candidate, gold in zip(article.candidates, article.gold, strict=True)
            ]
            found += _of_article(article, plausible)
    return found


def _of_article(article: Read, plausible: Sequence[bool]) -> list[Example]:
    doc = article.around.doc
    sentences = [(sentence.start_char, sentence.end_char) for sentence in doc.sents if sentence.text.strip()]
    by_sentence: dict[tuple[int, int], list[int]] = {}
    for place, candidate in enumerate(article.candidates):
        if plausible[place]:
            by_sentence.setdefault(candidate.sentence_place, []).append(place)
    found = []
    for sentence, places in by_sentence.items():
        seen = window(article.text, article.headline.title, sentences, sentence)
        figures = [figure for place in places if (figure := _figure(article, place, seen)) is not None]
        if figures:
            found.append(Example(seen, tuple(figures)))
    return found


def _figure(article: Read, place: int, seen: Window) -> FigureExample | None:
    candidate, gold = article.candidates[place], article.gold[place]
    tokens = seen.tokens(candidate.figure.start, candidate.figure.end)
    if not tokens:
        return None
    noun = seen.tokens(*candidate.head_place) if candidate.head_place else range(0)
    options = [option.claimant for option in article.claimants.options(candidate)]
    mentions = []
    for claimant in options:
        if claimant is None:
            mentions.append(OUTLET)
        else:
            place_of = seen.tokens(claimant.start or 0, claimant.end or 0) if claimant.start is not None else range(0)
            mentions.append(place_of[-1] if place_of else OUT_OF_SIGHT)
    right = claimed_by(gold.fields["claimant_name"], options) if gold is not None else [False] * len(options)
    return FigureExample(tokens[0], (noun or tokens)[0], tuple(mentions), tuple(right), gold)
