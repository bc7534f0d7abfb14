"""Which measure a figure has: what its words and its place in the sentence say has befallen the people counted.

Rules that look at the words next to the figure come first: they are short, and the parser errs most where news is most
terse ("49 killed, 58 hurt"). The dependency tree says the rest: subjects and objects far from their verb, relative
clauses, what verbs share. Both read the same triggers (`patterns.toml`).
"""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from pipeline.extract.claims.counted import Counted, names_people
from pipeline.extract.claims.triggers import Trigger, Triggers
from schemas.records import Measure

BE = frozenset({"be", "am", "is", "are", "was", "were", "been", "being", "'s", "’s", "'re", "’re"})
_COPULAS = frozenset({"be", "become", "remain", "lie", "stay", "appear", "seem", "end"})
# What may stand between the people counted and the word that says what befell them: "who have also been reported".
_BETWEEN = BE | frozenset(
    "who that which whom have has had having to left lay lying found said reported confirmed feared believed known thought "
    "presumed remain remained remains remaining become became get got getting went as still now also later reportedly "
    "allegedly listed described counted declared pronounced either both may might could all themselves among the those".split()
)
_FARTHEST_BETWEEN = 9
# An insertion between commas or dashes ("people, including 10 children, were killed") is hardly longer.
_LONGEST_INSERTION = 15
# What may stand between a figure's bound and the verb whose object it is: "killing another", "injured more than".
_SKIPPED_TAGS = ("DT", "PRP$", "RB", "JJ", "``", "''")
_TOTAL_LINKS = frozenset({"to", "at", "of", ":", "reached", "reaches", "hit", "hits", "from", "topped", "passed"})
_TOTAL_VERBS = frozenset({"is", "was", "being", "now"})
_NEAR_TOTAL = 6
_INCLUDING = frozenset({"include", "includes", "included", "were", "was", "are", "is"})


class MeasureFinder:
    """Finds measures in one document from its triggers."""

    def __init__(self, doc: Doc, triggers: Triggers) -> None:
        self._doc = doc
        self._triggers = triggers
        # The first tokens of the figures at hand, bounds included.
        self.openings: frozenset[int] = frozenset()

    # ------------------------------------------------------------------ the words next to the figure

    def within(self, counted: Counted) -> list[Measure]:
        """What the noun phrase itself says: "five dead Americans", "49 deaths", "five of the dead"."""
        found: list[Measure] = []
        for at in range(counted.start, counted.end):
            for trigger in self._triggers.at(at, "noun", "state"):
                if trigger.end > counted.end or trigger.measure == "other_people":
                    continue
                if trigger.role == "state" or at == counted.head:
                    found.append(trigger.measure)
        return _unique(found)

    def leading(self, opens: int, counted: Counted, sent_start: int) -> list[Measure]:
        """What leads to the figure: "killing at least 84", "the deaths of 10 passengers", "the dead included two doctors".

        `opens` is the first token of the figure's bound.
        """
        for before in range(opens - 1, max(sent_start, opens - 4) - 1, -1):
            word = self._doc[before].lower_
            if word == "of" and before > sent_start:
                return _unique([trigger.measure for trigger in self._triggers.up_to(before - 1, "of")])
            if word in _INCLUDING and before > sent_start:
                return _unique([trigger.measure for trigger in self._triggers.up_to(before - 1, "state")])
            found = []
            for trigger in self._triggers.up_to(before, "object"):
                if self._holds(trigger, counted) and self._doc[trigger.start - 1].lower_ not in BE:
                    found += [*self._sharing_object(trigger, sent_start), trigger.measure]
            if found or self._doc[before].tag_ not in _SKIPPED_TAGS:
                return _unique(found)
        return []

    def _sharing_object(self, trigger: Trigger, sent_start: int) -> list[Measure]:
        """The verb before, in "killed and wounded dozens"."""
        at = trigger.start - 1
        if at <= sent_start or self._doc[at].lower_ not in ("and", "or"):
            return []
        return [other.measure for other in self._triggers.up_to(at - 1, "object")]

    def following(self, counted: Counted, sent_end: int, telling: bool = False) -> list[Measure]:
        """What follows: "49 people were killed", "50 dead", "20 others who were injured", "12 in critical condition".

        `telling` takes in what befell nobody and no more than counts people: "40 survived", "12 on board".
        """
        for at in self._places_after(counted.end, sent_end):
            found = self._said_from(at, counted, sent_end, telling)
            if found:
                return found
        if counted.end < sent_end and counted.head is None:
            return _unique([trigger.measure for trigger in self._triggers.at(counted.end, "manner")])
        return []

    def _places_after(self, end: int, sent_end: int) -> Iterator[int]:
        """Where what is said of the people may begin: right after the phrase, or after an insertion."""
        yield end
        if end < sent_end and self._doc[end].lower_ in (",", "-", "–", "—", "("):
            for at in range(end + 1, min(sent_end, end + _LONGEST_INSERTION)):
                if self._doc[at].lower_ in (",", "-", "–", "—", ")"):
                    if at + 1 < sent_end and self._doc[at + 1].lower_ in _BETWEEN:
                        yield at + 1
                    return

    def _said_from(self, at: int, counted: Counted, sent_end: int, telling: bool) -> list[Measure]:
        passive = perfect = False
        for place in range(at, min(sent_end, at + _FARTHEST_BETWEEN)):
            for trigger in self._triggers.at(place, "state", "object", "subject"):
                if (telling or trigger.measure != "other_people") and self._said(trigger, counted, passive, perfect, sent_end):
                    return _unique([trigger.measure, *self._coordinated(trigger, sent_end)])
            token = self._doc[place]
            passive = passive or token.lower_ in BE
            perfect = perfect or token.lower_ in ("have", "has", "had")
            if not (token.lower_ in _BETWEEN or token.tag_ in ("RB", "RBR", "MD")):
                return []
        return []

    def _said(self, trigger: Trigger, counted: Counted, passive: bool, perfect: bool, sent_end: int) -> bool:
        if not self._holds(trigger, counted):
            return False
        if trigger.role == "subject" or passive:
            return True
        verb = self._doc[trigger.start]
        if trigger.role == "state" and (verb.tag_ not in ("VBD", "VBN", "VBG") or verb.lower_.endswith("ing")):
            return True
        return not perfect and self._reduced(trigger, sent_end)

    def _coordinated(self, trigger: Trigger, sent_end: int) -> list[Measure]:
        """The second participle, in "were killed or wounded"."""
        at = trigger.end
        if at + 1 >= sent_end or self._doc[at].lower_ not in ("and", "or"):
            return []
        others = self._triggers.at(at + 1, "state", "object")
        return [other.measure for other in others if self._reduced(other, sent_end)][:1]

    def _reduced(self, trigger: Trigger, sent_end: int) -> bool:
        """Whether a participle describes the noun before it ("49 people killed in ...") and takes no object of its own."""
        if self._doc[trigger.start].lower_.endswith("ing"):
            return False
        if trigger.end >= sent_end:
            return True
        if trigger.end in self.openings:
            return False
        after = self._doc[trigger.end]
        if after.ent_type_ in ("DATE", "TIME"):
            return True
        return after.tag_ not in ("DT", "PRP$", "PRP", "CD", "JJ", "NN", "NNS", "NNP", "NNPS", "PDT")

    def totalled(self, opens: int, counted: Counted, sent_start: int) -> list[Measure]:
        """What the noun stands for that the figure puts a number to: "the death toll in the city rose to 85"."""
        link = opens - 1
        if link < sent_start or counted.sort == "other":
            return []
        adjacent = self._doc[link].lower_ in _TOTAL_VERBS
        if not adjacent and self._doc[link].lower_ not in _TOTAL_LINKS:
            return []
        farthest = max(sent_start, link - _NEAR_TOTAL) if adjacent else sent_start
        for at in range(link, farthest - 1, -1):
            found = self._triggers.up_to(at, "total")
            if found:
                return _unique([trigger.measure for trigger in found])
        return []

    def _holds(self, trigger: Trigger, counted: Counted) -> bool:
        """Whether what is counted can be people in that role: a word with other uses wants a noun known to name people."""
        if trigger.want in ("armed", "lives"):
            if counted.head is None:
                return False
            armed = any(kind.measure == "strength" for kind in self._triggers.up_to(counted.head, "kind"))
            return armed if trigger.want == "armed" else self._doc[counted.head].lower_ == "lives"
        if counted.sort == "person":
            return True
        if counted.sort == "other" or trigger.want == "people":
            return False
        return counted.sort == "none" or trigger.measure in ("killed", "injured")

    # ------------------------------------------------------------------ the dependency tree

    def parsed(self, head: Token, counted: Counted) -> list[Measure]:
        """What the dependency tree says of the head of a counted phrase."""
        for node in self.climb(head):
            found = self._of_node(node, counted)
            if found:
                return found
        return []

    def climb(self, head: Token) -> Iterator[Token]:
        """The head of a phrase, then the nouns it shares its place with: coordinated, in apposition, "a family of five"."""
        # Eight steps: a list in one sentence is hardly longer.
        for _ in range(8):
            yield head
            above = head.head
            if head.dep_ == "pobj" and above.lower_ == "of":
                above = above.head
                if not self._triggers.up_to(above.i, "holder"):
                    return
            elif head.dep_ not in ("conj", "appos", "nummod", "amod", "quantmod", "compound"):
                return
            if above.pos_ not in ("NOUN", "PROPN", "NUM", "PRON", "ADJ") and not names_people(above):
                return
            head = above

    def _of_node(self, node: Token, counted: Counted) -> list[Measure]:
        found: list[Measure] = []
        for child in node.children:
            if child.dep_ in ("relcl", "acl") and child.i > node.i:
                reduced = child.dep_ == "acl" and child.tag_ == "VBN"
                found += self._of_clause(child, "nsubjpass" if reduced else _place_of_relative(child), counted)
        if found:
            return _unique(found)
        if node.dep_ in ("nsubj", "nsubjpass", "dobj") and node.head.pos_ in ("VERB", "AUX", "ADJ"):
            return _unique(self._of_clause(node.head, node.dep_, counted))
        if node.dep_ == "pobj" and node.head.lower_ == "of":
            noun = node.head.head
            return _unique([trigger.measure for trigger in self._triggers.up_to(noun.i, "of") if noun.i < node.i])
        if node.dep_ == "pobj" and node.head.lower_ == "with":  # "... along with two children also perished"
            verb = next((ancestor for ancestor in node.ancestors if ancestor.pos_ == "VERB"), None)
            along = node.head.i > 0 and self._doc[node.head.i - 1].lower_ in ("along", "together")
            return _unique(self._of_clause(verb, "nsubj", counted)) if verb is not None and along else []
        return []

    def _of_clause(self, verb: Token, place: str, counted: Counted, depth: int = 0) -> list[Measure]:
        """What a verb says of its subject or object, with the verbs it governs and those that share its subject."""
        if place == "nsubj" and any(child.dep_ == "auxpass" for child in verb.children):
            place = "nsubjpass"
        triggers = self._triggers.at(verb.i, "object", "subject", "state")
        found = [t.measure for t in triggers if self._says(t, counted) and _fits(t, verb, place)]
        # Three verbs deep ("are believed to have been killed") is as far as news goes.
        if found or depth == 3:
            return found
        described = place == "nsubjpass" or (place == "nsubj" and verb.lemma_ in _COPULAS)
        for child in verb.children:
            if child.i < verb.i:
                continue
            predicative = ("oprd", "acomp", "attr", "advmod", "prep", "ccomp", "advcl") if described else ("oprd", "acomp")
            if child.dep_ in predicative and (described or place == "dobj"):
                found += [t.measure for t in self._triggers.at(child.i, "state") if self._says(t, counted)]
            own = any(grandchild.dep_ in ("nsubj", "nsubjpass") for grandchild in child.children)
            if child.dep_ in ("xcomp", "conj", "advcl") and place != "dobj" and not own:
                passive = any(grandchild.dep_ == "auxpass" for grandchild in child.children) or child.tag_ == "VBN"
                found += self._of_clause(child, "nsubjpass" if passive else "nsubj", counted, depth + 1)
            if found:
                break
        return found

    def _says(self, trigger: Trigger, counted: Counted) -> bool:
        return self._holds(trigger, counted) and trigger.measure != "other_people"


def _fits(trigger: Trigger, verb: Token, place: str) -> bool:
    """Whether the people, in their place in the verb's clause, stand in the trigger's role."""
    described = place == "nsubjpass" or (place == "nsubj" and verb.tag_ in ("VBN", "JJ") and not _has_object(verb))
    match trigger.role:
        case "object":
            return place == "dobj" or described
        case "subject":
            return place in ("nsubj", "nsubjpass")
        case _:
            return described


def _has_object(verb: Token) -> bool:
    return any(child.dep_ == "dobj" for child in verb.children)


def _place_of_relative(verb: Token) -> str:
    """The place of the noun in its relative clause: what the pronoun is there."""
    for child in verb.children:
        if child.tag_ in ("WP", "WDT") and child.dep_ in ("nsubj", "nsubjpass", "dobj"):
            return child.dep_
        if child.dep_ == "prep" and any(pronoun.tag_ in ("WP", "WDT") for pronoun in child.children):
            return "prep"  # "a fire in which 12 people died"
    return "nsubj" if verb.tag_ == "VBG" else "dobj"


def _unique(measures: list[Measure]) -> list[Measure]:
    return list(dict.fromkeys(measures))
