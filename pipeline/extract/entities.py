"""Who and what is in a text: the model's entities, mended where news breaks them, joined under one name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache

from pipeline.extract.lists import read_toml
from pipeline.extract.names import full_names
from pipeline.extract.person_names import kin, missed_persons
from pipeline.extract.relays import is_outlet
from pipeline.extract.tokens import AnalysedText, Span, Token
from schemas.records import PLACE_LABELS, Entity

# Labels that the model confuses with one another on names it has not met.
_NAMES = frozenset({*PLACE_LABELS, "PERSON", "ORG", "NORP", "PRODUCT", "WORK_OF_ART", "EVENT", "LAW"})
# Mentions as an organisation from which a surname is one, too: the firm that its founder gave his name.
_AN_ORG = 3


@cache
def people_words(kind: str) -> frozenset[str]:
    """One of the word lists of `people.toml`."""
    return frozenset(read_toml("people.toml")[kind].split())


def find_entities(doc: AnalysedText) -> list[Entity]:
    """The entities of a document in order, each with the fullest name of the same entity in the document.

    They are written back to `doc.ents`, so that every later step sees the mended ones.
    """
    spans = [trim for span in doc.ents if (trim := _trimmed(span)) is not None]
    text = doc.text
    spans = _longest(kin(doc, text) + missed_persons(doc, text, spans) + spans)
    spans = _relabelled(doc, spans)
    spans += _missed(doc, spans)
    doc.ents = _longest(spans)
    names = full_names(doc)
    return [
        Entity(span.start_char, span.end_char, span.text, span.label_, name)
        for span, name in zip(doc.ents, names, strict=True)
    ]


def _longest(spans: Iterable[Span]) -> list[Span]:
    """Of spans that overlap the longest, else the first, in the order of the text."""
    kept: list[Span] = []
    taken: set[int] = set()
    for span in sorted(spans, key=lambda span: (-len(span), span.start)):
        if span.start not in taken and span.end - 1 not in taken:
            kept.append(span)
            taken.update(range(span.start, span.end))
    return sorted(kept, key=lambda span: span.start)


def _trimmed(span: Span) -> Span | None:
    """The span without white space, quotation marks and possessive at its ends."""
    start, end = span.start, span.end
    while start < end and (span.doc[start].is_space or span.doc[start].is_quote):
        start += 1
    while end > start and (span.doc[end - 1].is_space or span.doc[end - 1].is_quote or span.doc[end - 1].tag_ == "POS"):
        end -= 1
    return Span(span.doc, start, end, span.label_) if start < end else None


def _relabelled(doc: AnalysedText, spans: list[Span]) -> list[Span]:
    """Labels set right by what the text says of a name: a role, a title, a geographic noun, its other mentions."""
    persons = {_key(span) for span in spans if span.label_ == "PERSON" and len(span) > 1}
    persons |= {_key(span) for span in spans if span.label_ != "PERSON" and _is_called_person(span)}
    parts = {span[end].text for span in spans if span.label_ == "PERSON" and len(span) > 1 for end in (0, -1)}
    places = {doc[span.start].text for span in spans if span.label_ in PLACE_LABELS and _ends_in_place(span)}
    before = [doc[place - 1].text for place in doc.places_of(people_words("places")) if place > 0]
    places |= {word for word in before if word[:1].isupper()}
    votes: dict[str, Counter[str]] = {}
    for span in spans:
        if span.label_ in _NAMES:
            votes.setdefault(_key(span), Counter())[span.label_] += 1
    mended = []
    for span in spans:
        label, key = span.label_, _key(span)
        if label in _NAMES:
            is_part = key in parts and not is_outlet(span) and _may_be_person(label, votes[key])
            if is_part or (key in persons and not _names_organisation(span)):
                label = "PERSON"
            elif label == "PERSON" and len(span) == 1 and key not in parts and votes[key]["ORG"] > votes[key]["PERSON"]:
                label = "ORG"
            elif label not in PLACE_LABELS and key in places and votes[key]["PERSON"] == 0:
                label = "GPE"
        mended.append(Span(doc, span.start, span.end, label) if label != span.label_ else span)
    return mended


def _may_be_person(label: str, votes: Counter[str]) -> bool:
    """Whether a part of a person's name, labelled otherwise, is that person: a place is only where it was once one."""
    return votes["PERSON"] > 0 if label in PLACE_LABELS else votes["ORG"] < _AN_ORG


def _key(span: Span) -> str:
    text = span.text
    return text[4:] if text[:4].lower() == "the " else text


def _ends_in_place(span: Span) -> bool:
    return len(span) == 2 and span[-1].lower_ in people_words("places")


def _names_organisation(span: Span) -> bool:
    return any(token.text in people_words("organisation_words") for token in span)


def _is_called_person(span: Span) -> bool:
    """Whether a name of two or three capitalised words is given a person's role, title or age."""
    if not 2 <= len(span) <= 3 or not all(token.text[:1].isupper() and token.is_alpha for token in span):
        return False
    if _names_organisation(span):
        return False
    doc, before, after = span.doc, span.start - 1, span.end
    if before >= 0 and (doc[before].text.rstrip(".") in people_words("titles") or _is_role(doc[before])):
        return True
    if after + 1 < len(doc) and doc[after].text == ",":
        if doc[after + 1].like_num and after + 2 < len(doc) and doc[after + 2].text in ",.)":
            return True
        return any(child.dep_ == "appos" and child.i > after and _is_role(child) for child in span.root.children) or (
            _role_follows(doc, after + 1)
        )
    return False


def _role_follows(doc: AnalysedText, start: int) -> bool:
    """Whether an article and, within some words, a role follow: ", a senior spokesman for"."""
    if doc[start].lower_ not in {"a", "an", "the"}:
        return _is_role(doc[start])
    for token in doc[start + 1 : start + 6]:
        if _is_role(token):
            return True
        if token.is_punct or token.is_stop:
            return False
    return False


def _is_role(token: Token) -> bool:
    return token.lower_ in people_words("roles")


def _missed(doc: AnalysedText, spans: Iterable[Span]) -> list[Span]:
    """Bare surnames and acronyms that the model left out, of names that it found elsewhere in the document."""
    taken = {index for span in spans for index in range(span.start, span.end)}
    known: dict[str, str] = {}
    for span in spans:
        if span.label_ == "PERSON" and len(span) > 1 and len(span[-1]) > 2 and span[-1].text[0].isupper():
            known.setdefault(span[-1].text, "PERSON")
        elif span.label_ == "ORG" and len(span) == 1 and span.text.isupper() and len(span.text) > 1:
            known.setdefault(span.text, "ORG")
    return [
        Span(doc, token.i, token.i + 1, known[token.text])
        for token in (doc if known else ())
        if token.text in known and token.i not in taken
    ]
