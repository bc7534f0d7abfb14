"""What the rest of a document says of a candidate: its neighbours in the sentence, the same number elsewhere, the
headline, how it stands to the other counts of the same measure.

These features need a first reading of every candidate (`First`), as any model that looks at its own earlier decisions
does (stacked sequential learning, Cohen and Carvalho 2005).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pipeline.dates import date_mentions
from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.cohesion import Cohesion
from pipeline.extract.claims.features import Surroundings, bucket, lemma
from pipeline.extract.claims.figures import find_figures

# Words between two figures that are taken whole; more is another matter.
_LONGEST_LINK = 4
# A first reading more probable than this is taken for what the number means elsewhere.
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class First:
    """A candidate as first read, by its own features alone: the likeliest class ("none" or a measure)."""

    candidate: Candidate
    features: Sequence[str]
    measure: str
    probability: float


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline, the values that it names, and its day."""

    title: str | None
    values: frozenset[int]
    published: datetime | None

    @staticmethod
    def of(title: str | None, published: datetime | None) -> Headline:
        """Read from a headline; None where there is none."""
        figures = find_figures(title, 0, len(title)) if title else ()
        values = frozenset(f.value for f in figures if f.value is not None and f.value > 1)
        return Headline(title, values, published)


class _Series:
    """The candidates of one measure in the order of the text, as far as they are asked for: looked up by place, so that
    a text of thousands of figures is read in time linear in its length, but for a logarithm."""

    def __init__(self) -> None:
        self._places: list[int] = []
        self._values: list[int | None] = []
        self._heads: dict[str, list[int]] = defaultdict(list)
        self._upto: list[int | None] = [None]
        self._from: list[int | None] | None = None

    def add(self, place: int, value: int | None, head: str | None) -> None:
        """Takes in the next candidate."""
        self._places.append(place)
        self._values.append(value)
        self._upto.append(_larger(self._upto[-1], value))
        if head is not None:
            self._heads[head].append(place)

    def before(self, place: int) -> int:
        """How many stand before a place."""
        return bisect_left(self._places, place)

    def told(self, head: str, place: int) -> int:
        """How many of them count the same noun."""
        return bisect_left(self._heads.get(head, []), place)

    def largest(self, place: int) -> tuple[int | None, int | None]:
        """The largest values before and after a place."""
        if self._from is None:
            self._from = [None]
            for value in reversed(self._values):
                self._from.append(_larger(self._from[-1], value))
            self._from.reverse()
        return self._upto[bisect_left(self._places, place)], self._from[bisect_right(self._places, place)]


def _larger(one: int | None, other: int | None) -> int | None:
    return max((value for value in (one, other) if value is not None), default=None)


class Discourse:
    """The candidates of one document as first read, in the order of the text."""

    def __init__(self, readings: Sequence[First], around: Surroundings, headline: Headline) -> None:
        self._readings = readings
        self._around = around
        self._headline = headline
        self._place = {id(reading): place for place, reading in enumerate(readings)}
        self._measures = [reading.measure for reading in readings]
        told = Counter(measure for measure in self._measures if measure != "none")
        self._leading = told.most_common(1)[0][0] if told else "none"
        self._last_told: list[str] = []
        self._sure: dict[int, Counter[str]] = defaultdict(Counter)
        self._series: dict[str, _Series] = defaultdict(_Series)
        last = "none"
        for place, reading in enumerate(readings):
            self._last_told.append(last)
            value = reading.candidate.figure.value
            if reading.measure != "none":
                last = reading.measure
                self._series[reading.measure].add(place, value, self._head(reading.candidate))
            if value is not None and value > 1 and reading.probability > _SURE:
                self._sure[value][reading.measure] += 1
        self._sentences = max((reading.candidate.number for reading in readings), default=0) + 1

    def of_measure(self, reading: First) -> list[str]:
        """What bears on the measure."""
        place = self._place[id(reading)]
        found = [f"first={reading.measure}", f"first={reading.measure}:{int(reading.probability * 5)}"]
        found += self._neighbours(place)
        found += self._elsewhere(place)
        found.append(f"leading={self._leading}")
        found.append(f"last_told={self._last_told[place]}")
        return found

    def _neighbours(self, place: int) -> Iterator[str]:
        here = self._readings[place].candidate
        before = self._readings[place - 1].candidate if place else None
        if before is not None and before.number == here.number:
            link = self._link(before, here)
            yield f"link={link}"
            yield f"previous={self._measures[place - 1]}"
            yield f"previous={self._measures[place - 1]}|{link}"
            yield f"previous={self._measures[place - 1]}|{here.counted.sort}|{link}"
        else:
            yield "first_in_sentence"
            near = before is not None and here.number - before.number == 1
            yield f"sentence_before={self._measures[place - 1] if near else 'nothing'}"
            if near:
                yield f"sentence_before={self._measures[place - 1]}|{here.counted.sort}"
        after = self._readings[place + 1].candidate if place + 1 < len(self._readings) else None
        if after is not None and after.number == here.number:
            link = self._link(here, after)
            yield f"following={self._measures[place + 1]}"
            yield f"following={self._measures[place + 1]}|{link}"
            yield f"following={self._measures[place + 1]}|{here.counted.sort}|{link}"

    def _link(self, before: Candidate, after: Candidate) -> str:
        """The words between two counts."""
        start = before.last + 1 if before.counted.end > after.opens else before.counted.end
        words = [lemma(token) for token in self._around.doc[start : after.opens]]
        return " ".join(words) if len(words) <= _LONGEST_LINK else "far"

    def _elsewhere(self, place: int) -> Iterator[str]:
        """The measures that the same number is read as in other places, and whether the headline names it."""
        reading = self._readings[place]
        value = reading.candidate.figure.value
        if value is None:
            return
        for measure, times in self._sure.get(value, Counter()).items():
            own = measure == reading.measure and reading.probability > _SURE
            if times > own:
                yield f"same_value={measure}"
        if value in self._headline.values:
            yield "in_headline"

    def of_scope(self, reading: First, measure: str) -> list[str]:
        """What bears on status and scope, once the measure is decided."""
        place = self._place[id(reading)]
        candidate = reading.candidate
        found = [f"measure={measure}"]
        found += [f"{feature}|{measure}" for feature in reading.features if feature.startswith(("sort=", "partitive"))]
        found += self._neighbours(place)
        found += self._elsewhere(place)
        found += self._standing(place, measure)
        found += self._times(candidate)
        found += self._wording(candidate)
        found += self._cohesion.of(candidate)
        return found

    @cached_property
    def _cohesion(self) -> Cohesion:
        return Cohesion(self._around.doc, self._headline.title)

    def _standing(self, place: int, measure: str) -> Iterator[str]:
        """Where the figure stands in the document and among those of its measure."""
        candidate = self._readings[place].candidate
        number = candidate.number
        yield f"sentence={number if number < 3 else '3-5' if number < 6 else '6-11' if number < 12 else '12+'}"
        yield f"portion={number * 4 // self._sentences}"
        series = self._series.get(measure, _Series())
        yield f"nth={min(series.before(place), 4)}"
        value = candidate.figure.value
        earlier, later = series.largest(place)
        largest = max((other for other in (earlier, later) if other is not None), default=None)
        if value is not None and largest is not None:
            size = "larger" if value > largest else "equal" if value == largest else "smaller"
            yield f"among={size}"
            yield f"among={size}|{measure}"
            yield f"earlier={'larger' if earlier is not None and earlier > value else 'none'}"
        head = self._head(candidate)
        if head is not None:
            yield f"head_told={min(series.told(head, place), 2)}"
        yield f"magnitude={bucket(value)}|{measure}"

    def _head(self, candidate: Candidate) -> str | None:
        head = candidate.counted.head
        return None if head is None else self._around.doc[head].lemma_

    def _times(self, candidate: Candidate) -> Iterator[str]:
        """How long before publication the times lie that the sentence names."""
        published, sentence = self._headline.published, candidate.sentence
        for mention in date_mentions(sentence.text, published):
            if published is None:
                yield f"date={mention.precision}"
                continue
            days = (published.date() - mention.date).days
            age = (
                "ahead"
                if days < 0
                else "days"
                if days < 8
                else "weeks"
                if days < 60
                else "months"
                if days < 370
                else "years"
            )
            yield f"date={age}"
            yield f"date={age}:{mention.precision}"
            side = "before" if mention.end + sentence.start_char <= candidate.figure.start else "after"
            yield f"date={age}:{side}"
            if mention.stretch:
                yield "stretch"

    def _wording(self, candidate: Candidate) -> Iterator[str]:
        """The words of the sentence, and the tense of its verbs."""
        for token in candidate.sentence:
            if token.is_alpha and token.ent_type_ not in ("PERSON", "ORG"):
                yield f"word={lemma(token)}"
        tags = {token.tag_ for token in candidate.sentence if token.pos_ in ("VERB", "AUX")}
        for tag in tags:
            yield f"tense={tag}"
        had = any(t.lower_ in ("had", "'d") and t.pos_ == "AUX" for t in candidate.sentence)
        yield f"had={had}"
