"""The noun phrase that names somebody, cut from the parse at the length in which news refers to a speaker."""

from __future__ import annotations

from pipeline.extract.lists import read_toml
from pipeline.extract.tokens import AnalysedText, Span, Token

# What belongs to a mention of somebody: its modifiers and its "of"- and "for"-phrases, not clauses nor appositions.
_BEFORE = frozenset(
    {"det", "amod", "compound", "poss", "nummod", "nmod", "quantmod", "case", "advmod", "predet", "punct", "neg"}
)
_AFTER = frozenset({"prep", "case"})
_PREPOSITIONS = frozenset({"of", "for", "from", "in", "at", "with", "on"})
# These tell where somebody belongs before a name ("the mayor in Leeds"), else where it was said ("in a statement").
_OF_PLACE = frozenset({"in", "at", "with", "on"})

_RELATIVE = frozenset({"who", "which", "that"})


def mention(token: Token) -> Span:
    """The mention whose head is `token`: a name as it stands, else the noun phrase without its clauses."""
    doc = token.doc
    named = entity_at(token)
    if named is not None and named.label_ == "PERSON":
        return named
    for child in token.children:
        if child.dep_ == "appos" and token.pos_ != "PRON":
            named = entity_at(child)
            if named is not None and named.label_ == "PERSON":
                return named
    return trimmed(doc, _left(token), _right(token) + 1)


def is_relative(token: Token) -> bool:
    """Whether it is a relative pronoun by its form; WHO is an organisation."""
    return token.lower_ in _RELATIVE and not token.is_upper


def title_name(token: Token) -> Span | None:
    """Who is named right after a description that the parse takes for the head: "the sub-prefect, Ana Ruiz, said"."""
    if token.ent_type_ == "PERSON" or token.pos_ != "NOUN":
        return None
    doc, after = token.doc, _right(token) + 1
    if after < len(doc) and doc[after].text == ",":
        after += 1
    first = after
    while after < len(doc) and doc[after].text.rstrip(".") in read_toml("people.toml")["titles"].split():
        after += 1 + (doc[after + 1].text == "." if after + 1 < len(doc) else 0)
    named = entity_at(doc[after]) if after < len(doc) else None
    if named is None or named.end == len(doc) or doc[named.end].tag_ == "POS":
        return None
    if named.start < after:  # the title is held for part of the name, and the name for that of a body: "Col Ana Ruiz"
        return doc[after : named.end] if first <= named.start else None
    beside = {"PERSON", "ORG"} if after == _right(token) + 1 else {"PERSON"}
    return named if doc[after].ent_type_ in beside else None


def entity_at(token: Token) -> Span | None:
    """The entity that holds `token`."""
    if not token.ent_type_:
        return None
    first = last = token.i
    doc = token.doc
    while first > 0 and doc[first].ent_iob_ != "B" and doc[first - 1].ent_type_ == token.ent_type_:
        first -= 1
    while last + 1 < len(doc) and doc[last + 1].ent_iob_ == "I":
        last += 1
    return doc[first : last + 1]


def description(span: Span) -> str:
    """The words of a mention that names nobody, as they stand within a sentence: "the police" where "The police" begin
    one, so that both are one claimant.
    """
    text = span.text
    if not text:  # the parse took a mark for a noun
        return text
    first = span[0]
    begins = first.is_sent_start or first.doc[first.i - 1].is_punct
    if begins and first.is_title and first.pos_ != "PROPN" and (first.pos_ == "DET" or not first.ent_type_):
        return text[0].lower() + text[1:]
    return text


def trimmed(doc: AnalysedText, start: int, end: int) -> Span:
    """The span without the punctuation and white space at its ends."""
    while start < end and (doc[start].is_punct or doc[start].is_space):
        start += 1
    while end > start and (doc[end - 1].is_punct or doc[end - 1].is_space):
        end -= 1
    return doc[start:end]


def _left(token: Token) -> int:
    left = token.i
    for child in reversed(token.lefts):
        if child.dep_ not in _BEFORE or child.right_edge.i != left - 1:
            break
        left = child.left_edge.i
    return left


def _right(token: Token) -> int:
    right = token.i
    for child in token.rights:
        if child.left_edge.i != right + 1:
            break
        if child.dep_ == "case" or (child.dep_ in {"cc", "conj"}):
            right = _right(child) if child.dep_ == "conj" else child.i
        elif child.dep_ == "prep" and child.lower_ in _PREPOSITIONS:
            objects = [grand for grand in child.children if grand.dep_ in {"pobj", "pcomp"}]
            if not objects or (child.lower_ in _OF_PLACE and objects[0].pos_ != "PROPN"):
                break
            right = _right(objects[0])
        else:
            break
    return right if token.doc[right].dep_ != "cc" else right - 1
