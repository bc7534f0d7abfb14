"""What counts take from one another: those joined in one sentence, parts of a whole, and repeated statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.data import grammar
from pipeline.extract.claims.figures import qualified
from pipeline.extract.claims.syntax import Syntax
from pipeline.extract.tokens import AnalysedText
from pipeline.measures import measures_of
from schemas.records import Measure

# "were among the", "are also among the": the words between a part and its whole.
_LONGEST_AMONG = 4


def share(doc: AnalysedText, counts: Sequence[Candidate], syntax: Syntax) -> None:
    """Gives each count of a sentence without a measure that of the one it is joined to or part of."""
    for before, after in pairwise(counts):
        _hand_on(doc, before, after)
    by_head = {count.counted.head: count for count in counts if count.measures and not count.counted.partitive}
    for count in counts:
        if not count.measures and count.counted.sort == "person" and not count.single:
            heads = (node.i for node in syntax.climb(doc[count.noun]) if node.i in by_head)
            count.measures = next((by_head[head].measures for head in heads), [])
    for after, before in pairwise(counts[::-1]):
        _hand_back(doc, before, after)


def _hand_on(doc: AnalysedText, before: Candidate, after: Candidate) -> None:
    """From left to right: "killed 27 students and five teachers", "84 people, including 10 children"."""
    link = _link(doc, before, after)
    joined = link in grammar("joining")
    if joined and before.figure.qualifier == "at_least" and after.figure.qualifier == "exact":
        after.figure = qualified(after.figure, before.figure.qualifier)
    part = link.endswith(tuple(grammar("parting"))) or _of_them(after) or _opens_whole(doc, before)
    if (joined or part) and before.measures and not after.measures and after.counted.sort in ("person", "none"):
        after.measures, after.shares = before.measures, before


def _hand_back(doc: AnalysedText, before: Candidate, after: Candidate) -> None:
    """From right to left: "three were among the 12 killed", "10 of the 12 victims", "two men and a boy died"."""
    link = _link(doc, before, after)
    of = link == "of" and before.counted.partitive
    if of:
        before.whole = after
    among = link.endswith("among") and len(link.split()) <= _LONGEST_AMONG
    ahead = doc[after.counted.end].lower_ if after.counted.end < len(doc) else ""
    predicated = link in grammar("joining") - {""} and (
        ahead in grammar("be") or ahead in grammar("have") or ahead == "died"
    )
    if (of or among or predicated) and after.measures and not before.measures and not before.single:
        before.measures = after.measures


def _link(doc: AnalysedText, before: Candidate, after: Candidate) -> str:
    """The words between two counts, without articles and punctuation."""
    start = before.last + 1 if before.counted.end > after.opens else before.counted.end
    words = (token for token in doc[start : after.opens] if not token.is_punct and token.tag_ != "DT")
    return " ".join(token.lower_ for token in words)


def _of_them(count: Candidate) -> bool:
    """Whether a count takes its part of people just counted: "20 of them children"."""
    return count.counted.partitive and count.counted.sort == "none"


def _opens_whole(doc: AnalysedText, count: Candidate) -> bool:
    """Whether the sentence opens with the whole of which it goes on to count a part: "Of the nine killed, six ..."."""
    opening = doc[count.sentence.start : count.opens]
    return 0 < len(opening) < 3 and opening[0].lower_ in ("of", "among")


def resolve(doc: AnalysedText, counts: Sequence[Candidate]) -> None:
    """Settles over the whole document what a sentence alone leaves open: "the same number", "the 12 victims"."""
    said: dict[int, list[Measure]] = {}
    for before, count in pairwise(counts):
        if count.figure.kind == "same":
            same = before.figure
            count.figure = replace(
                count.figure, value=same.value, low=same.low, high=same.high, qualifier=same.qualifier
            )
            count.shares = before
    for count in counts:
        if count.figure.value is not None and not count.assumed and count.measures[0] in measures_of("harm"):
            said.setdefault(count.figure.value, count.measures[:1])
    for count in counts:
        if count.assumed and count.figure.value in said and _known(doc, count):
            count.measures, count.assumed = said[count.figure.value], False
    for count in counts:
        if count.assumed and count.whole is not None:
            count.measures, count.assumed = count.whole.measures, count.whole.assumed


def _known(doc: AnalysedText, count: Candidate) -> bool:
    """Whether people already counted are meant: "the 12 victims", "those 80 people"."""
    if count.counted.head is None:
        return False
    word = doc[count.counted.head].lower_
    definite = count.opens > 0 and doc[count.opens - 1].lower_ in grammar("definite")
    return word in ("victim", "victims") or (definite and word in grammar("same_people"))
