"""What the words next to a figure say of the people counted.

These rules come before the parse: they are short, and the parser errs most where news is most terse ("49 killed, 58
hurt").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.counted import holds
from pipeline.extract.claims.data import grammar
from pipeline.extract.claims.triggers import Trigger, Triggers
from pipeline.extract.tokens import AnalysedText, Token
from schemas.records import Measure

# From the people counted to the word that says what befell them ("who are feared to have been ..."), in tokens.
_FARTHEST = 9
# An insertion between commas or dashes ("people, including 10 children, were killed") is hardly longer.
_LONGEST_INSERTION = 15
# How far before its bound the verb is whose object a figure is, and what may stand between: "killing another 12".
_FARTHEST_BEFORE = 4
_SKIPPED_TAGS = frozenset({"DT", "PRP$", "RB", "JJ", "``", "''"})
# A total this near may be linked to its figure by no more than "is".
_NEAR_TOTAL = 6
_INSERTING = frozenset({",", "-", "–", "—", "(", ")"})
_PARTICIPLES = frozenset({"VBD", "VBN", "VBG"})
_OPENS_OBJECT = frozenset({"DT", "PRP$", "PRP", "CD", "JJ", "NN", "NNS", "NNP", "NNPS", "PDT"})


@dataclass(frozen=True, slots=True)
class _Aux:
    """The auxiliaries passed on the way to a verb."""

    passive: bool = False
    perfect: bool = False


class Surface:
    """Reads the words around the figures of one document."""

    def __init__(self, doc: AnalysedText, triggers: Triggers) -> None:
        self._doc = doc
        self._triggers = triggers

    def within(self, count: Candidate) -> list[Measure]:
        """What the noun phrase itself says: "five dead Americans", "49 deaths", "five of the dead"."""
        counted = count.counted
        found: list[Measure] = []
        for at in range(counted.start, counted.end):
            for trigger in self._triggers.at(at, "noun", "state"):
                ends_within = trigger.end <= counted.end and trigger.measure != "other_people"
                if ends_within and (trigger.role == "state" or at == counted.head):
                    found.append(trigger.measure)
        return unique(found)

    def resulting(self, count: Candidate) -> list[Measure]:
        """The adjective that says how it ended, whatever the verb: "shot 41 people dead", "took 12 captive"."""
        for trigger in self._triggers.at(count.counted.end, "state"):
            plain = trigger.end == trigger.start + 1 and self._doc[trigger.start].tag_ not in _PARTICIPLES
            if plain and trigger.measure != "other_people" and self._holds(trigger, count):
                return [trigger.measure]
        return []

    def leading(self, count: Candidate) -> list[Measure]:
        """What leads to it: "killing at least 84", "the deaths of 10 passengers", "the dead included two doctors"."""
        start, opens = count.sentence.start, count.opens
        for before in range(opens - 1, max(start, opens - _FARTHEST_BEFORE) - 1, -1):
            word = self._doc[before].lower_
            if word == "of" and before > start:
                return unique([trigger.measure for trigger in self._triggers.up_to(before - 1, "of")])
            if word in grammar("including") and before > start:
                return unique([trigger.measure for trigger in self._triggers.up_to(before - 1, "state")])
            found: list[Measure] = []
            for trigger in self._triggers.up_to(before, "object"):
                active = self._doc[trigger.start - 1].lower_ not in grammar("be") or trigger.start == start
                if active and self._holds(trigger, count):
                    found += [*self._sharing_object(trigger, start), trigger.measure]
            if found or self._doc[before].tag_ not in _SKIPPED_TAGS:
                return unique(found)
        return []

    def _sharing_object(self, trigger: Trigger, start: int) -> list[Measure]:
        """The verb before, in "killed and wounded dozens"."""
        at = trigger.start - 1
        if at <= start or self._doc[at].lower_ not in ("and", "or"):
            return []
        return [other.measure for other in self._triggers.up_to(at - 1, "object")]

    def following(self, count: Candidate, others: frozenset[int], telling: bool = False) -> list[Measure]:
        """What follows: "49 people were killed", "50 dead", "20 others who were injured", "12 in critical condition".

        Args:
            count: the count; `others` are the tokens at which counts of its sentence open, for they may be objects.
            telling: takes in what befell nobody and no more than counts people: "40 survived", "12 on board".
        """
        counted = count.counted
        for at in self._places_after(count):
            found = self._said_from(at, count, others, telling)
            if found:
                return found
        if counted.head is None and counted.end < count.sentence.end:
            return unique([trigger.measure for trigger in self._triggers.at(counted.end, "manner")])
        return []

    def _places_after(self, count: Candidate) -> Iterator[int]:
        """Where what is said of the people may begin: right after the phrase, or after an insertion."""
        at, limit = count.counted.end, count.sentence.end
        yield at
        if at < limit and self._doc[at].lower_ in _INSERTING:
            for close in range(at + 1, min(limit, at + _LONGEST_INSERTION)):
                if self._doc[close].lower_ in _INSERTING:
                    if close + 1 < limit and self._links(close + 1):
                        yield close + 1
                    return

    def _links(self, at: int) -> bool:
        word = self._doc[at].lower_
        return word in grammar("between") or word in grammar("be") or word in grammar("have")

    def _said_from(self, at: int, count: Candidate, others: frozenset[int], telling: bool) -> list[Measure]:
        aux = _Aux()
        if self._enclosed(count) and at < count.sentence.end and not _opens_clause(self._doc[at]):
            found = self._triggers.at(at, "state", "object")
            return [t.measure for t in found if self._holds(t, count) and self._is_said(t, aux, count, others)][:1]
        for place in range(at, min(count.sentence.end, at + _FARTHEST)):
            for trigger in self._triggers.at(place, "state", "object", "subject"):
                spoken_of = (telling or trigger.measure != "other_people") and self._holds(trigger, count)
                if spoken_of and self._is_said(trigger, aux, count, others):
                    return unique([trigger.measure, *self._coordinated(trigger, count, others)])
            token = self._doc[place]
            aux = _Aux(aux.passive or token.lower_ in grammar("be"), aux.perfect or token.lower_ in grammar("have"))
            if not (self._links(place) or token.tag_ in ("RB", "RBR", "MD")):
                return []
        return []

    def _enclosed(self, count: Candidate) -> bool:
        """Whether what follows is said of another noun: "none of the 131 passengers was hurt"."""
        at = count.opens - 1
        while at > count.sentence.start and self._doc[at].tag_ in ("DT", "PRP$"):
            at -= 1
        return at > count.sentence.start and self._doc[at].lower_ == "of" and not self._triggers.up_to(at - 1, "holder")

    def _is_said(self, trigger: Trigger, aux: _Aux, count: Candidate, others: frozenset[int]) -> bool:
        verb = self._doc[trigger.start]
        if trigger.role == "subject" or aux.passive:
            return trigger.role != "object" or verb.tag_ not in ("JJ", "VB", "VBP") or verb.lower_.endswith("ed")
        if trigger.role == "state" and (verb.tag_ not in _PARTICIPLES or verb.lower_.endswith("ing")):
            return True
        return not aux.perfect and self._describes(trigger, count, others)

    def _coordinated(self, trigger: Trigger, count: Candidate, others: frozenset[int]) -> list[Measure]:
        """The second participle, in "were killed or wounded"."""
        at = trigger.end
        if at + 1 >= count.sentence.end or self._doc[at].lower_ not in ("and", "or"):
            return []
        more = self._triggers.at(at + 1, "state", "object")
        return [other.measure for other in more if self._describes(other, count, others)][:1]

    def _describes(self, trigger: Trigger, count: Candidate, others: frozenset[int]) -> bool:
        """Whether a participle describes the noun before it ("49 people killed in ...") and takes no object."""
        if self._doc[trigger.start].lower_.endswith("ing"):
            return False
        if trigger.end >= count.sentence.end:
            return True
        after = self._doc[trigger.end]
        return trigger.end not in others and (after.ent_type_ in ("DATE", "TIME") or after.tag_ not in _OPENS_OBJECT)

    def totalled(self, count: Candidate) -> list[Measure]:
        """What the noun stands for that the figure puts a number to: "the death toll in the city rose to 85"."""
        link, start = count.opens - 1, count.sentence.start
        if link < start or count.counted.sort == "other":
            return []
        word = self._doc[link].lower_
        if word in grammar("near_total_links"):
            start = max(start, link - _NEAR_TOTAL)
        elif word not in grammar("total_links"):
            start = link  # "death toll 85"
        for at in range(link, start - 1, -1):
            found = self._triggers.up_to(at, "total")
            if found:
                return unique([trigger.measure for trigger in found])
        return []

    def _holds(self, trigger: Trigger, count: Candidate) -> bool:
        return holds(trigger, count.counted, self._doc, self._triggers)


def _opens_clause(token: Token) -> bool:
    """Whether a clause of the noun's own follows it: "12 people who ...", "12 people thought to have died"."""
    return token.tag_ in ("WP", "WDT", "VBN") or token.dep_ in ("acl", "relcl")


def unique(measures: list[Measure]) -> list[Measure]:
    """The measures in order, each once."""
    return list(dict.fromkeys(measures))
