"""Whose count it is: the words that name the people counted."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc, Token

from pipeline.extract.claims.counted import names_people
from pipeline.extract.claims.ledger import Count
from pipeline.extract.claims.triggers import Triggers

_OPENING = frozenset({"more", "other", "of", "additional", "further", "(", '"', "“", "”", "‘", "'"})
_OWN = frozenset({"have", "command", "field", "muster", "boast", "lead", "maintain", "keep"})
# How many tokens before the figure the words "the number of ..." are looked for.
_FARTHEST_TOTAL = 12
_SUFFER = frozenset("sustain sustained suffer suffered suffers take took taken incur incurred have has had lose lost "
                    "loses losing".split())  # fmt: skip


def find_group(doc: Doc, count: Count, counts: Sequence[Count], triggers: Triggers) -> tuple[int, int] | None:
    """Start and end, in characters, of the words that name the people counted; None where they are only implied.

    Args:
        counts: the counts of the same sentence, in order.
    """
    counted = count.counted
    if counted.partitive and count.shares is not None:
        predicate = _predicate(doc[count.last])
        if predicate is not None:
            return predicate
    if counted.head is not None and not triggers.at(counted.head, "noun"):
        start = counted.start
        while start < counted.head and doc[start].lower_ in _OPENING:
            start += 1
        return doc[start].idx, doc[counted.end - 1].idx + len(doc[counted.end - 1])
    if count.shares is not None:
        return find_group(doc, count.shares, counts, triggers)
    named = _holder(doc, count, triggers) or _numbered(doc, count, triggers)
    if named is not None:
        return named
    if counted.head is None:
        before = [other for other in counts if other.figure.start < count.figure.start]
        for other in reversed(before):
            # "84 people, including 10 children, and 202 injured": the 202 are people.
            if other.counted.head is not None and other.counted.sort == "person" and not _is_part(doc, other):
                return find_group(doc, other, counts, triggers)
        if before:
            return find_group(doc, before[-1], counts, triggers)
    return _sufferer(doc, count)


def _predicate(figure: Token) -> tuple[int, int] | None:
    """What the part is said to be, in "ten of the 12 victims were US citizens"."""
    if figure.dep_ == "nsubj" and figure.head.lemma_ == "be":
        for child in figure.head.children:
            if child.dep_ == "attr" and names_people(child):
                return child.left_edge.idx, child.idx + len(child)
    return None


def _sufferer(doc: Doc, count: Count) -> tuple[int, int] | None:
    """Who has the losses: "The NRF sustained two injuries", "they were defeated with 7 dead"."""
    token = doc[count.counted.head if count.counted.head is not None else count.last]
    before = doc[count.opens - 1].lower_ if count.opens > count.sentence.start else ""
    verb = next((ancestor for ancestor in token.ancestors if ancestor.pos_ in ("VERB", "AUX")), None)
    if before == "with" or (verb is not None and verb.lower_ in _SUFFER):
        return _subject(token)
    return None


def _is_part(doc: Doc, count: Count) -> bool:
    return count.opens > 0 and doc[count.opens - 1].lower_ in ("including", "among")


def _holder(doc: Doc, count: Count, triggers: Triggers) -> tuple[int, int] | None:
    """The noun of "a family of five"; for a force or a crowd, who has it, where the sentence says so."""
    at = count.opens - 2
    if at < count.sentence.start or doc[at + 1].lower_ != "of":
        return None
    for trigger in triggers.up_to(at, "holder"):
        owned = trigger.measure == "strength" and doc[at].dep_ == "dobj" and doc[at].head.lemma_ in _OWN
        owner = _subject(doc[at]) if owned else None
        return owner or (doc[at].idx, doc[at].idx + len(doc[at]))
    return None


def _numbered(doc: Doc, count: Count, triggers: Triggers) -> tuple[int, int] | None:
    """The words within "the number of ... dead"."""
    for at in range(count.opens - 1, max(count.sentence.start, count.opens - _FARTHEST_TOTAL) - 1, -1):
        for trigger in triggers.up_to(at, "total"):
            inner = doc[trigger.start : trigger.end - 1]
            of = next((token.i for token in inner if token.lower_ == "of"), None)
            return (doc[of + 1].idx, inner.end_char) if of is not None and of + 1 < inner.end else None
    return None


def _subject(token: Token) -> tuple[int, int] | None:
    """The noun that is the subject of the verb over a token, or of the verb over that: "The NRF claims to have ..."."""
    verb = next((ancestor for ancestor in token.ancestors if ancestor.pos_ in ("VERB", "AUX")), None)
    # Three verbs up: "claims to have managed to field a force of 900".
    for _ in range(3):
        if verb is None:
            return None
        for child in verb.children:
            if child.dep_ in ("nsubj", "nsubjpass") and child.i < token.i:
                noun = child.pos_ in ("NOUN", "PROPN")
                return (child.left_edge.idx, child.idx + len(child)) if noun else None
        verb = verb.head if verb.dep_ in ("xcomp", "conj", "advcl") else None
    return None
