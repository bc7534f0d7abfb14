"""What the dependency tree says of the people counted: verbs far off, relative clauses, what verbs share.

The tree is walked from the figure's noun upwards, a few steps for each figure. spaCy's DependencyMatcher would do for
the roles of `patterns.toml`, but tries every pairing of the words of a sentence that fit the nodes of a pattern, and a
hostile text has as many of those as it likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pipeline.extract.claims.counted import Counted, holds, names_people
from pipeline.extract.claims.data import grammar
from pipeline.extract.claims.surface import unique
from pipeline.extract.claims.triggers import Trigger, Triggers
from pipeline.extract.tokens import AnalysedText, Token
from pipeline.measures import patterns
from schemas.records import Measure

# A list in one sentence is hardly longer.
_HIGHEST = 8
# "are believed to have been killed": as deep as news goes.
_DEEPEST = 3
_SHARED = frozenset({"conj", "appos", "nummod", "amod", "quantmod", "compound"})
_SHARED_POS = frozenset({"NOUN", "PROPN", "NUM", "PRON", "ADJ"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_OBJECT_PREDICATES = frozenset({"oprd", "acomp"})
_PREDICATES = _OBJECT_PREDICATES | {"attr", "advmod", "prep", "ccomp", "advcl"}


@cache
def _places(role: str) -> frozenset[str]:
    return frozenset(patterns()["places"][role])


class Syntax:
    """Reads the dependency tree of one document."""

    def __init__(self, doc: AnalysedText, triggers: Triggers) -> None:
        self._doc = doc
        self._triggers = triggers

    def measures(self, head: Token, counted: Counted) -> list[Measure]:
        """The measures that the tree gives a counted phrase by its head, or by its figure where that takes a part."""
        for node in self.climb(head):
            found = self._of_node(node, counted)
            if found:
                return unique(found)
        return []

    def climb(self, head: Token) -> Iterator[Token]:
        """The head of a phrase, then the nouns whose place it shares: coordinated, apposed, "a family of five"."""
        for _ in range(_HIGHEST):
            yield head
            above = head.head
            if head.dep_ == "pobj" and above.lower_ == "of":
                above = above.head
                if not self._triggers.up_to(above.i, "holder"):
                    return
            elif head.dep_ not in _SHARED:
                return
            if above.pos_ not in _SHARED_POS and not names_people(above):
                return
            head = above

    def _of_node(self, node: Token, counted: Counted) -> list[Measure]:
        found: list[Measure] = []
        for child in node.children:
            if child.dep_ in ("relcl", "acl") and child.i > node.i:
                reduced = child.dep_ == "acl" and child.tag_ == "VBN"
                found += self._of_clause(child, "nsubjpass" if reduced else _place_in_relative(child), counted)
        if found:
            return found
        if node.dep_ in ("nsubj", "nsubjpass", "dobj") and node.head.pos_ in ("VERB", "AUX", "ADJ"):
            return self._of_clause(node.head, node.dep_, counted)
        if node.dep_ == "pobj" and node.head.lower_ == "of":
            noun = node.head.head
            return [trigger.measure for trigger in self._triggers.up_to(noun.i, "of") if noun.i < node.i]
        if node.dep_ == "pobj" and node.head.lower_ == "with" and node.head.i > 0:
            verb = next((ancestor for ancestor in node.ancestors if ancestor.pos_ == "VERB"), None)
            if verb is not None and self._doc[node.head.i - 1].lower_ in ("along", "together"):
                return self._of_clause(verb, "nsubj", counted)  # "... along with two children also perished"
        return []

    def _of_clause(self, verb: Token, place: str, counted: Counted, depth: int = 0) -> list[Measure]:
        """What a verb says of its subject or object, with the verbs it governs and those that share its subject."""
        children = list(verb.children)
        dependencies = {child.dep_ for child in children}
        participle = verb.tag_ in ("VBN", "JJ") and "dobj" not in dependencies
        if place == "nsubj" and ("auxpass" in dependencies or (participle and "aux" not in dependencies)):
            place = "nsubjpass"
        triggers = self._triggers.at(verb.i, "object", "subject", "state")
        found = [t.measure for t in triggers if self._says(t, counted) and place in _places(t.role)]
        if found or depth == _DEEPEST:
            return found
        described = place == "nsubjpass" or (place == "nsubj" and verb.lemma_ in grammar("copulas"))
        predicates = _PREDICATES if described else _OBJECT_PREDICATES if place == "dobj" else frozenset()
        for child in children:
            if child.i > verb.i and child.dep_ in predicates:
                found += [t.measure for t in self._triggers.at(child.i, "state") if self._says(t, counted)]
            if child.i > verb.i and child.dep_ in ("xcomp", "conj", "advcl") and place in _SUBJECTS:
                below = {grandchild.dep_ for grandchild in child.children}
                if not below & _SUBJECTS:
                    found += self._of_clause(child, "nsubj", counted, depth + 1)
            if found:
                break
        return found

    def _says(self, trigger: Trigger, counted: Counted) -> bool:
        return trigger.measure != "other_people" and holds(trigger, counted, self._doc, self._triggers)


def _place_in_relative(verb: Token) -> str:
    """The place of the noun in its relative clause: what the pronoun is there."""
    for child in verb.children:
        if child.tag_ in ("WP", "WDT") and child.dep_ in ("nsubj", "nsubjpass", "dobj"):
            return child.dep_
        if child.dep_ == "prep" and any(pronoun.tag_ in ("WP", "WDT") for pronoun in child.children):
            return "prep"  # "a fire in which 12 people died"
    return "nsubj" if verb.tag_ == "VBG" else "dobj"
