"""Whose count it is: the words that name the people counted."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Doc, Token

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.counted import names_people
from pipeline.extract.claims.data import grammar, measures_of
from pipeline.extract.claims.triggers import Triggers

Place = tuple[int, int]

_OPENING = frozenset({"more", "other", "of", "additional", "further", "(", '"', "“", "”", "‘", "'"})
# How many tokens before the figure the words "the number of ..." are looked for.
_FARTHEST_TOTAL = 12
# "claims to have managed to field a force of 900": how many verbs up the subject may stand.
_VERBS_UP = 3


def find_group(doc: Doc, count: Candidate, counts: Sequence[Candidate], triggers: Triggers) -> Place | None:
    """Start and end, in characters, of the words that name the people counted; None where they are only implied.

    Args:
        doc: the document.
        count: whose group is wanted; `counts` are those of its sentence, in order.
        triggers: the document's triggers.
    """
    counted = count.counted
    if count.whole is not None:
        predicate = _predicate(doc[count.last])
        if predicate is not None:
            return predicate
    if counted.head is not None and _names_group(doc[counted.head], triggers):
        start = counted.start
        while start < counted.head and doc[start].lower_ in _OPENING:
            start += 1
        return doc[start].idx, doc[counted.end - 1].idx + len(doc[counted.end - 1])
    if count.shares is not None:
        return find_group(doc, count.shares, counts, triggers)
    named = _holder(doc, count, triggers) or _numbered(doc, count, triggers)
    leaned_on = _leaned_on(doc, count, counts) if counted.head is None and named is None else None
    if leaned_on is not None:
        return find_group(doc, leaned_on, counts, triggers)
    return named or _sufferer(doc, count)


def _names_group(noun: Token, triggers: Triggers) -> bool:
    """Whether a noun counted says who they are: "arrests" and "injuries" do not, bodies are the dead themselves."""
    return noun.lower_ in grammar("bodies") or not triggers.at(noun.i, "noun")


def _leaned_on(doc: Doc, count: Candidate, counts: Sequence[Candidate]) -> Candidate | None:
    """The count whose people a bare figure means: of "84 people, including 10 children, and 202 hurt" the 84."""
    before = [other for other in counts if other.figure.start < count.figure.start]
    for other in reversed(before):
        part = any(token.lower_ in ("including", "among") for token in doc[max(0, other.opens - 2) : other.opens])
        if other.counted.head is not None and other.counted.sort == "person" and not part:
            return other
    return before[-1] if before else None


def _predicate(figure: Token) -> Place | None:
    """What the part is said to be, in "ten of the 12 victims were US citizens"."""
    if figure.dep_ == "nsubj" and figure.head.lemma_ == "be":
        for child in figure.head.children:
            if child.dep_ == "attr" and names_people(child):
                return child.left_edge.idx, child.idx + len(child)
    return None


def _holder(doc: Doc, count: Candidate, triggers: Triggers) -> Place | None:
    """The noun of "a family of five"; for a force or a crowd, who has it, where the sentence says so."""
    at = count.opens - 2
    if at < count.sentence.start or doc[at + 1].lower_ != "of":
        return None
    for trigger in triggers.up_to(at, "holder"):
        owned = doc[at].dep_ == "dobj" and doc[at].head.lemma_ in grammar("owning")
        owner = _subject(doc[at]) if owned and trigger.measure in measures_of("force") else None
        return owner or (doc[at].idx, doc[at].idx + len(doc[at]))
    return None


def _numbered(doc: Doc, count: Candidate, triggers: Triggers) -> Place | None:
    """The words within "the number of ... dead", or the people of "the toll among ..."."""
    for at in range(count.opens - 1, max(count.sentence.start, count.opens - _FARTHEST_TOTAL) - 1, -1):
        for trigger in triggers.up_to(at, "total"):
            inner = doc[trigger.start : trigger.end - 1]
            of = next((token.i for token in inner if token.lower_ == "of"), None)
            if of is not None and of + 1 < inner.end:
                return doc[of + 1].idx, inner.end_char
            return _people_of(doc[at], count.opens)
        if doc[at].lemma_ in grammar("totals") and (people := _people_of(doc[at], count.opens)) is not None:
            return people
    return None


def _people_of(total: Token, end: int) -> Place | None:
    """The noun phrase that names people after "of" or "among" behind a total, before the token `end`."""
    for preposition in total.rights:
        if preposition.lower_ in ("of", "among"):
            for noun in preposition.children:
                if noun.dep_ == "pobj" and noun.i < end and names_people(noun):
                    return noun.left_edge.idx, noun.idx + len(noun)
    return None


def _sufferer(doc: Doc, count: Candidate) -> Place | None:
    """Who has the losses: "The NRF sustained two injuries", "they were defeated with 7 dead"."""
    token = doc[count.noun]
    before = doc[count.opens - 1].lower_ if count.opens > count.sentence.start else ""
    verb = next((ancestor for ancestor in token.ancestors if ancestor.pos_ in ("VERB", "AUX")), None)
    suffering = verb is not None and verb.lower_ in grammar("suffering")
    return _subject(token) if before == "with" or suffering else None


def _subject(token: Token) -> Place | None:
    """The noun that is the subject of the verb over a token, or of the verb over that: "The NRF claims to have ..."."""
    verb = next((ancestor for ancestor in token.ancestors if ancestor.pos_ in ("VERB", "AUX")), None)
    for _ in range(_VERBS_UP):
        if verb is None:
            return None
        for child in verb.children:
            if child.dep_ in ("nsubj", "nsubjpass") and child.i < token.i:
                noun = child.pos_ in ("NOUN", "PROPN")
                return (child.left_edge.idx, child.idx + len(child)) if noun else None
        verb = verb.head if verb.dep_ in ("xcomp", "conj", "advcl") else None
    return None
