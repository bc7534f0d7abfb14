"""Which measures a count has: what its words say, else what the parse says, else what the noun carries by itself."""

from __future__ import annotations

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.data import grammar
from pipeline.extract.claims.surface import Surface
from pipeline.extract.claims.syntax import Syntax
from pipeline.extract.claims.triggers import Triggers
from pipeline.extract.tokens import AnalysedText
from pipeline.measures import least, measures_of
from schemas.records import Measure


class Measures:
    """Finds the measures of the counts of one document."""

    def __init__(self, doc: AnalysedText, triggers: Triggers) -> None:
        self._doc = doc
        self._triggers = triggers
        self._surface = Surface(doc, triggers)
        self.syntax = Syntax(doc, triggers)

    def said(self, count: Candidate, others: frozenset[int]) -> list[Measure]:
        """What the sentence says befell the people counted; `others` are the tokens at which its counts open."""
        if count.figure.kind == "ordinal":
            found = self._surface.following(count, others)
            return [measure for measure in found if measure in measures_of("bare")]
        if count.single:
            return self._said_of_one(count, others)
        found = self._surface.within(count) if count.figure.kind != "zero" else []
        found = found or self._surface.resulting(count) or self._surface.leading(count)
        found = found or self._surface.following(count, others)
        found = found or self._surface.totalled(count)
        if found or count.counted.sort == "other":
            return found
        return self.syntax.measures(self._doc[count.last if count.counted.partitive else count.noun], count.counted)

    def _said_of_one(self, count: Candidate, others: frozenset[int]) -> list[Measure]:
        """What happened to one person: "a man was killed", not "the death of a man", "an injured man"."""
        doc, counted, start = self._doc, count.counted, count.sentence.start
        before = doc[count.first - 1] if count.first > start else None
        if before is not None:
            loved_one = count.figure.kind != "one" and before.tag_ in ("JJ", "DT", "VBN")
            if loved_one or before.lower_ == "of" or before.tag_ == "VB":
                return []  # "the body of a man", "threatened to kill a man"
            if before.text == "," and doc[before.i - 1].tag_ in ("NNP", "CD"):
                return []  # "Ann Lee, 48, a nurse, was killed"
        if doc[count.noun].dep_ == "appos":
            return []
        ahead = doc[counted.end].lower_ if counted.end < count.sentence.end else ""
        if doc[count.noun].lower_ in grammar("parents") and ahead == "of":
            return []  # "a father of three"
        if counted.partitive:  # "one of the men who died" and "one of 20 people killed" speak of somebody named
            predicated = ahead in grammar("be") or ahead in grammar("have") or self._triggers.at(counted.end, "subject")
            return self._surface.following(count, others) if predicated else []
        found = self._surface.following(count, others) or self._surface.leading(count)
        if found or counted.sort != "person":
            return found
        return self.syntax.measures(doc[count.noun], counted)

    def carried(self, count: Candidate, others: frozenset[int]) -> list[Measure]:
        """What the noun carries by itself ("49 hostages", "a force of 49"), else that people are counted at all."""
        figure, counted = count.figure, count.counted
        if figure.kind == "ordinal":
            return ["other_people"]  # until a total with its value says more
        if figure.kind in ("one", "zero", "same"):
            return []
        of = count.opens - 1
        if of > count.sentence.start and self._doc[of].lower_ == "of" and counted.sort in ("none", "person"):
            holders = self._triggers.up_to(of - 1, "holder")
            if holders:
                return [holders[0].measure]
        if counted.head is None and figure.kind != "vague":
            return self._surface.following(count, others, telling=True)
        if counted.sort != "person" or counted.head is None or figure.value == 1:
            return []
        if figure.kind == "vague" and figure.text.lower().split()[-1] not in grammar("vague_numbers"):
            return []
        for at in range(counted.end - 1, counted.start - 1, -1):
            for trigger in self._triggers.up_to(at, "kind"):
                if figure.value is None or figure.value >= least(trigger.measure):
                    return [trigger.measure]
        return ["other_people"]
