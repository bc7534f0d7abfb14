"""The counts of a document put together: each figure with its measures, and what it shares with its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from spacy.tokens import Doc, Span, Token

from pipeline.extract.claims.counted import Counted, find_counted, names_people
from pipeline.extract.claims.figures import Figure, find_figures, qualified
from pipeline.extract.claims.measures import BE, MeasureFinder
from pipeline.extract.claims.triggers import Triggers, find_triggers
from schemas.records import Measure

# A force is "strength" from about this size; two soldiers in a story are people in it.
_LEAST_STRENGTH = 10
# A sentence with more figures is a table, not prose.
_MOST_FIGURES = 40
_HARM: frozenset[Measure] = frozenset({"killed", "injured", "missing", "kidnapped", "detained"})
_JOINING = (["and"], ["or"], ["plus"], ["as", "well", "as"], ["along", "with"], ["together", "with"], [])
_DEFINITE = frozenset({"the", "those", "these", "all", "of"})
# Nouns that are plural, or that news counts, without an "s".
_COLLECTIVES = frozenset("police personnel staff military crew youth dead injured wounded missing kin".split())
_VAGUE_NUMBERS = frozenset("dozen hundred thousand million dozens scores hundreds thousands millions".split())
_SAME_PEOPLE = frozenset({"victim", "victims", "people", "persons", "dead", "casualties"})


@dataclass(slots=True)
class Count:
    """A figure in its sentence, with what it counts and the measures found for it.

    `first` and `last` are the figure's tokens, `opens` the first of its bound; `shares` is the count it leans on.
    """

    figure: Figure
    first: int
    last: int
    opens: int
    counted: Counted
    sentence: Span
    measures: list[Measure] = field(default_factory=list)
    assumed: bool = False
    shares: Count | None = None

    @property
    def noun(self) -> int:
        """The token of the noun counted, or of the figure where there is none."""
        return self.last if self.counted.head is None else self.counted.head


class Ledger:
    """Finds the counts of one document."""

    def __init__(self, doc: Doc) -> None:
        self._doc = doc
        self._text = doc.text
        self.triggers: Triggers = find_triggers(doc)
        self._finder = MeasureFinder(doc, self.triggers)

    def counts(self) -> list[Count]:
        """The figures that count people, in order, each with at least one measure."""
        counts: list[Count] = []
        for sentence in self._doc.sents:
            here = self._in_sentence(sentence)
            if len(here) > _MOST_FIGURES:
                continue
            self._finder.openings = frozenset(count.opens for count in here)
            for count in here:
                count.measures = self._measures(count)
            self._share(here)
            for count in here:
                if not count.measures:
                    count.measures, count.assumed = self._by_kind(count), True
            counts += [count for count in here if count.measures and self._plausible(count)]
        _resolve_same(counts)
        self._resolve_assumed(counts)
        return [count for count in counts if not (count.assumed and count.figure.kind == "ordinal")]

    def _in_sentence(self, sentence: Span) -> list[Count]:
        counts = []
        after_age = -1
        for figure in find_figures(self._text, sentence.start_char, sentence.end_char):
            span = self._doc.char_span(figure.start, figure.end, alignment_mode="expand")
            opening = self._doc.char_span(figure.opens, figure.opens + 1, alignment_mode="expand")
            if span is None or opening is None:
                continue
            before = self._doc[span.start - 1].lower_ if span.start > sentence.start else ""
            if before in ("age", "aged", "ages") or (before in ("and", "to", "or", ",") and span.start - 1 == after_age):
                after_age = span.end  # "children ages 6 and 7"
                continue
            counted = find_counted(self._doc, span.end - 1, sentence.end, self.triggers)
            if counted.sort == "none" and figure.text.lower() in _VAGUE_NUMBERS:
                counted = replace(counted, sort="person")  # "thousands gathered"
            counts.append(Count(figure, span.start, span.end - 1, opening.start, counted, sentence))
        return counts

    def _measures(self, count: Count) -> list[Measure]:
        """What is said of the count, by the words about it or by the parse.

        A single person is counted only where something is said to have happened to him or her ("a man was killed", not
        "the death of a man", "an injured man", "one of the men who died").
        """
        finder, figure, counted, sentence = self._finder, count.figure, count.counted, count.sentence
        if figure.kind == "ordinal":
            return [measure for measure in finder.following(counted, sentence.end) if measure in ("killed", "injured")]
        if figure.kind == "one" or (figure.value == 1 and (counted.partitive or counted.head is None)):
            before = self._doc[count.first - 1] if count.first > sentence.start else None
            if before is not None and (before.lower_ == "of" or (figure.kind != "one" and before.tag_ in ("JJ", "DT", "VBN"))):
                return []  # "the body of a man", "a loved one"
            ahead = self._doc[counted.end].lower_ if counted.end < sentence.end else ""
            if self._doc[count.noun].dep_ == "appos" or (counted.partitive and ahead in ("who", "that", ",")):
                return []
            if ahead == "of" and self._doc[counted.end + 1].like_num:
                return []  # "a father of three"
            found = finder.following(counted, sentence.end)
            if not counted.partitive:
                found = found or finder.leading(count.opens, counted, sentence.start)
            if not found and counted.sort == "person" and not counted.partitive:
                found = finder.parsed(self._doc[count.noun], counted)
            return found
        within = [] if figure.kind == "zero" else finder.within(counted)
        found = within or finder.leading(count.opens, counted, sentence.start)
        found = found or finder.following(counted, sentence.end)
        found = found or finder.totalled(count.opens, counted, sentence.start)
        if found or counted.sort == "other":
            return found
        return finder.parsed(self._doc[count.last if counted.partitive else count.noun], counted)

    def _between(self, before: Count, after: Count) -> list[str]:
        start = before.last + 1 if before.counted.end > after.opens else before.counted.end
        return [token.lower_ for token in self._doc[start : after.opens] if not token.is_punct and token.tag_ != "DT"]

    def _share(self, counts: list[Count]) -> None:
        """Gives a count without a measure that of the one it is joined to or part of.

        "27 students and five teachers", "84 people, including 10 children", "three Britons were among the 12 killed",
        "10 of the 12 victims", "two tourists were hurt, one seriously".
        """
        for before, after in pairwise(counts):
            link = self._between(before, after)
            joined, part = link in _JOINING, link[:1] == ["including"] or self._parted(before)
            if joined and before.figure.qualifier == "at_least" and after.figure.qualifier == "exact":
                after.figure = qualified(after.figure, before.figure.qualifier)
            if (joined or part) and before.measures and not after.measures and after.counted.sort in ("person", "none"):
                after.measures, after.shares = before.measures, before
        by_head = {count.counted.head: count for count in counts if count.measures}
        for count in counts:
            if not count.measures and count.counted.sort == "person" and count.figure.kind != "one":
                nodes = (node.i for node in self._finder.climb(self._doc[count.noun]) if node.i in by_head)
                count.measures = next((by_head[node].measures for node in nodes), [])
        for after, before in pairwise(counts[::-1]):
            link = self._between(before, after)
            ahead = self._doc[after.counted.end].lower_ if after.counted.end < len(self._doc) else ""
            predicated = ahead in BE or ahead in ("have", "had", "has", "died")
            if link == ["of"] and before.counted.partitive:
                before.shares = after
            part = link in (["of"], ["among"]) or (link[-1:] == ["among"] and len(link) < 4)
            if (part or (link in _JOINING[:4] and predicated)) and after.measures and not before.measures:
                before.measures = after.measures

    def _parted(self, count: Count) -> bool:
        """Whether a sentence opens with the whole of which it goes on to count a part: "Of the nine killed, six ..."."""
        opening = self._doc[count.sentence.start : count.opens]
        return 0 < len(opening) < 3 and opening[0].lower_ in ("of", "among")

    def _by_kind(self, count: Count) -> list[Measure]:
        """The measure that the noun itself carries ("49 hostages"), else that people are counted at all."""
        figure, counted = count.figure, count.counted
        if figure.kind == "ordinal":
            return ["other_people"]  # until a total with its value says more
        if figure.kind in ("one", "zero", "same"):
            return []
        before = count.opens - 1
        if before > count.sentence.start and self._doc[before].lower_ == "of" and counted.sort in ("none", "person"):
            holders = self.triggers.up_to(before - 1, "holder")
            if holders:
                return [holders[0].measure]
        if counted.head is None and figure.kind != "vague":
            return self._finder.following(counted, count.sentence.end, telling=True)
        if counted.sort != "person" or counted.head is None or figure.value == 1:
            return []
        if figure.kind == "vague" and figure.text.lower().split()[-1] not in _VAGUE_NUMBERS:
            return []  # "many people" is hardly a count, "hundreds of people" is
        large = figure.value is None or figure.value >= _LEAST_STRENGTH
        for at in range(counted.end - 1, counted.start - 1, -1):
            for trigger in self.triggers.up_to(at, "kind"):
                if trigger.measure != "strength" or large:
                    return [trigger.measure]
        return ["other_people"]

    def _plausible(self, count: Count) -> bool:
        """Whether the figure can count people: no age ("Ann Lee, 48, died"), no year ("in 2017"), no named person."""
        figure, counted, doc = count.figure, count.counted, self._doc
        if counted.sort == "other" or (figure.kind == "same" and counted.head is not None):
            return False
        if figure.kind == "number" and figure.value != 1 and counted.head is not None and counted.sort != "none":
            head = doc[counted.head]
            if head.tag_ in ("NN", "NNP") and not _plural(head):
                return False  # "the 2010 death", "Apollo 17 astronaut"
        if figure.kind == "one":
            return counted.sort == "person" and count.measures[0] in _HARM and counted.head is not None and not self._named(counted.head)
        if figure.kind == "ordinal":
            return counted.head is not None and doc[counted.head].lower_ in ("victim", "person", "death", "fatality")
        if count.first == count.sentence.start:
            return True
        before = doc[count.first - 1]
        if before.lower_ == "in" and count.first - 2 >= count.sentence.start and doc[count.first - 2].like_num:
            return False  # "nine in ten people"
        if before.lower_ == "but" or (before.lower_ == "of" and self._single_person(before.i - 1)):
            return False  # "all but two drowned", "a boy of nine"
        following = doc[count.last + 1] if count.last + 1 < len(doc) else None
        if counted.head is not None or not figure.text.isdigit():
            return True
        if following is not None and (following.like_num or _names_date(following)):
            return False
        if _names_date(before) or (before.tag_ in ("NN", "NNP") and before.is_title and not self.triggers.ending.get(before.i)):
            return False  # "May 12", "Flight 447"
        closed = following is None or following.text in (",", ".", ";", ")", "-", "–", "—")
        if closed and before.text in (",", "(") and doc[before.i - 1].tag_ in ("NN", "NNP", "NNPS"):
            return False
        year = len(figure.text) == 4 and 1900 <= int(figure.text) < 2100
        return not (year and before.tag_ in ("IN", "NNP", ","))

    def _single_person(self, at: int) -> bool:
        noun = self._doc[at]
        return names_people(noun) and noun.tag_ == "NN" and not self.triggers.up_to(at, "holder")

    def _named(self, head: int) -> bool:
        """Whether a name follows the noun: "a woman, Jane Roe, was killed"."""
        ahead = self._doc[head + 1 : head + 3]
        if any(token.dep_ == "appos" and token.pos_ == "PROPN" for token in self._doc[head].subtree):
            return True
        return any(token.ent_type_ == "PERSON" for token in ahead) or any(t.lower_ in ("named", "called") for t in ahead)

    def _resolve_assumed(self, counts: Sequence[Count]) -> None:
        """Counts of people already counted ("the 12 victims") have the measure said the first time."""
        for count in counts:
            if not count.assumed or count.counted.head is None or count.figure.value is None:
                continue
            word = self._doc[count.counted.head].lower_
            definite = count.opens > 0 and self._doc[count.opens - 1].lower_ in _DEFINITE
            if not (word in ("victim", "victims") or (definite and word in _SAME_PEOPLE)):
                continue
            for other in counts:
                if other.figure.value == count.figure.value and not other.assumed and other.measures[0] in _HARM:
                    count.measures, count.assumed = other.measures[:1], False
                    break
        for count in counts:
            if count.assumed and count.shares is not None and count.counted.partitive:
                count.measures, count.assumed = count.shares.measures, count.shares.assumed


def _names_date(token: Token) -> bool:
    """Whether a token is the name in a date: "May" in "May 12"."""
    return token.ent_type_ == "DATE" and token.tag_ == "NNP"


def _plural(noun: Token) -> bool:
    """Whether a noun tagged as singular can follow a number above one all the same."""
    word = noun.lower_
    return word.endswith("s") or word in _COLLECTIVES or word.endswith(("men", "women", "people", "children", "folk", "crew"))


def _resolve_same(counts: Sequence[Count]) -> None:
    """Gives "the same number" the value of the figure before it, and its group."""
    for before, count in pairwise(counts):
        if count.figure.kind == "same":
            said = before.figure
            count.figure = replace(count.figure, value=said.value, low=said.low, high=said.high, qualifier=said.qualifier)
            count.shares = before
