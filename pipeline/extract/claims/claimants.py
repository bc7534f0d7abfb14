"""Who claims a figure: the speaker of the words it stands in, or who answers for it without being quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from pipeline.extract.claims.counted import names_people
from pipeline.extract.claims.data import read_toml
from pipeline.extract.claims.triggers import inflections
from pipeline.extract.mentions import mention
from schemas.records import Entity, Quote

_NAMES = frozenset({"PERSON", "ORG", "GPE", "NORP"})
# How far above the figure's noun the verb that answers for it may stand; deeper is another clause's matter.
_HIGHEST = 6


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims a figure: the mention and its place in the text, the fullest form of the name, and the relay."""

    text: str
    start: int | None
    end: int | None
    name: str
    relay: str | None = None


class Claimants:
    """Finds the claimants of one document from its quotes, its entities and its parse."""

    def __init__(self, doc: Doc, quotes: Sequence[Quote], entities: Sequence[Entity]) -> None:
        self._doc = doc
        self._quotes = [quote for quote in quotes if quote.speaker is not None]
        self._entities = entities
        cues = read_toml("cues.toml")
        self._claiming = frozenset(cues["claiming"].split())
        self._putting, self._counts = frozenset(cues["putting"].split()), frozenset(cues["counts"].split())
        self._reporting = frozenset(cues["reporting_participles"].split())
        self._bodies = frozenset(form for word in cues["bodies"].split() for form in inflections(word))

    def of(self, token: Token, start: int, end: int) -> Claimant | None:
        """The claimant of the figure at `start` to `end`, whose noun is `token`; None where the outlet asserts it."""
        around = [quote for quote in self._quotes if quote.start <= start and end <= quote.end]
        if around:
            quote = min(around, key=lambda quote: quote.end - quote.start)
            if quote.kind == "indirect" and self._aside(token, quote):
                return None
            name = quote.speaker_name or quote.speaker or ""
            return Claimant(quote.speaker or "", quote.speaker_start, quote.speaker_end, name, quote.relay)
        return self._answering(token)

    def speaks(self, start: int, end: int) -> bool:
        """Whether the words at `start` to `end` are part of a speaker's mention: "two officials told reporters"."""
        for quote in self._quotes:
            if quote.speaker_start is not None and quote.speaker_end is not None:
                if quote.speaker_start < end and start < quote.speaker_end:
                    return True
        return False

    def _aside(self, token: Token, quote: Quote) -> bool:
        """Whether the figure stands in a relative clause of reported speech: what the outlet adds ("..., which killed 84")."""
        for node in [token, *token.ancestors]:
            if node.idx < quote.start or node.idx >= quote.end:
                return False
            if node.dep_ == "relcl" and node.head.idx >= quote.start:
                return any(child.tag_ in ("WDT", "WP", "WP$") for child in node.subtree if child.i < node.i)
        return False

    def _answering(self, token: Token) -> Claimant | None:
        below = token
        for height, node in enumerate(token.ancestors):
            if height == _HIGHEST or node.dep_ in ("relcl", "advcl"):
                return None
            if node.pos_ == "VERB" and below.i > node.i and self._claims(node):
                return self._subject(node)
            for child in node.children:  # "as reported by local media"
                if child.lower_ in self._reporting and child.i > token.i and child.dep_ in ("advcl", "acl"):
                    agent = next((grand for grand in child.children if grand.dep_ == "agent"), None)
                    named = next(iter(agent.children), None) if agent is not None else None
                    if named is not None and self._can_claim(named):
                        return self._claimant(mention(named))
            below = node
        return None

    def _claims(self, verb: Token) -> bool:
        lemma = verb.lemma_.lower()
        if lemma in self._putting:
            return any(child.dep_ == "dobj" and child.lemma_.lower() in self._counts for child in verb.children)
        return lemma in self._claiming

    def _subject(self, verb: Token) -> Claimant | None:
        for child in verb.children:
            if child.dep_ == "nsubj" and self._can_claim(child):
                return self._claimant(mention(child))
        return None

    def _can_claim(self, noun: Token) -> bool:
        return noun.ent_type_ in _NAMES or names_people(noun) or noun.lower_ in self._bodies or noun.lower_ in ("he", "she")

    def _claimant(self, span: Span) -> Claimant:
        after = self._doc[span.end : span.end + 2]
        if len(after) == 2 and after[0].text == ",":  # "another member of the council, Ana Ruiz, put the toll at seven"
            persons = (entity for entity in self._entities if entity.label == "PERSON")
            person = next((entity for entity in persons if entity.start == after[1].idx), None)
            if person is not None:
                return Claimant(person.text, person.start, person.end, person.name)
        return Claimant(span.text, span.start_char, span.end_char, self._name(span))

    def _name(self, span: Span) -> str:
        """The fullest name in the mention; for "he" and "she", the speaker of the last quote before."""
        if span.root.pos_ == "PRON":
            before = [quote for quote in self._quotes if quote.end <= span.start_char and quote.speaker_name]
            return (before[-1].speaker_name if before else None) or span.text
        for entity in self._entities:
            if span.start_char <= entity.start and entity.end <= span.end_char and entity.label in _NAMES:
                if entity.end == span.end_char or entity.label == "PERSON":
                    return entity.name
        return span.text
