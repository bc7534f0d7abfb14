"""Who can claim a figure: the speakers of the words it stands in or near, and whom its sentence names.

Which of them does is decided by a small model (`attribution`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.extract.claims.candidates import Candidate
from pipeline.extract.claims.counted import names_people
from pipeline.extract.claims.data import read_toml
from pipeline.extract.inflection import inflections
from pipeline.extract.mentions import description, mention
from pipeline.extract.tokens import AnalysedText, Span, Token
from schemas.records import Entity, Quote

_NAMES = frozenset({"PERSON", "ORG", "GPE", "NORP"})
_PRONOUNS = frozenset({"he", "she"})
# How far above the figure's noun the verb that answers for it may stand; deeper is another clause's matter.
_HIGHEST = 6
# How many quotes back one that holds the figure may begin: quotes hardly nest deeper.
_NESTED = 12
# ", and that": what may join the clauses of reported speech, in characters.
_LONGEST_LINK = 12


# How many sentences back a speaker may go on being the one who tells.
_REACH = 3
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
# Whoever acts, or owns the words, may be the one who counts.
_ACTING = _SUBJECTS | {"poss", "agent"}
_STANDING_FOR = frozenset({"it", "they", "its", "their"})


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who claims a figure: the mention and its place in the text, the fullest form of the name, and the relay."""

    text: str
    start: int | None
    end: int | None
    name: str
    relay: str | None = None


def name_of(claimant: Claimant | None) -> str | None:
    """Who a claimant is; None for the outlet itself."""
    return claimant.name if claimant else None


@dataclass(slots=True)
class Option:
    """Somebody who may be the claimant, and what speaks for it; `claimant` is None for the outlet itself."""

    claimant: Claimant | None
    features: list[str]


class Claimants:
    """Finds the claimants of one document from its quotes, its entities and its parse."""

    def __init__(self, doc: AnalysedText, quotes: Sequence[Quote], entities: Sequence[Entity]) -> None:
        self._doc = doc
        self._text = doc.text
        self._quotes = sorted((q for q in quotes if q.speaker is not None), key=lambda quote: quote.start)
        self._starts = [quote.start for quote in self._quotes]
        spans = {(q.speaker_start, q.speaker_end) for q in self._quotes}
        self._speakers = sorted((start, end) for start, end in spans if start is not None and end is not None)
        self._entities = sorted((e for e in entities if e.label in _NAMES), key=lambda entity: entity.start)
        self._sentence_starts = [start for start, _ in doc.sentence_characters()]
        self._entity_starts = [entity.start for entity in self._entities]
        cues = read_toml("cues.toml")
        self._claiming = frozenset(cues["claiming"].split())
        self._putting = frozenset(cues["putting"].split())
        self._counts = frozenset(cues["counts"].split())
        self._counted = frozenset(cues["counted"].split())
        self._leading = frozenset(cues["leading_to_counts"].split())
        self._reporting = frozenset(cues["reporting_participles"].split())
        self._bodies = frozenset(form for word in cues["bodies"].split() for form in inflections(word))

    def of(self, token: Token, start: int, end: int) -> Claimant | None:
        """The claimant of a figure and its bound, at `start` to `end`, whose noun is `token`; None for the outlet."""
        last = bisect_right(self._starts, start)
        near = self._quotes[max(0, last - _NESTED) : last]
        around = [quote for quote in near if end <= quote.end]
        if around:
            quote = min(around, key=lambda quote: quote.end - quote.start)
            return None if quote.kind == "indirect" and _is_aside(token, quote) else _speaker(quote)
        going_on = [quote for quote in near[-1:] if self._goes_on(quote, start)]
        return _speaker(going_on[0]) if going_on else self._answering(token)

    def options(self, candidate: Candidate) -> list[Option]:
        """Who may claim a figure: the outlet itself first, then everybody else once, the strongest evidence first."""
        start, end = self._doc[candidate.opens].idx, candidate.figure.end
        ruled = self.of(self._doc[candidate.noun], start, end)
        found: dict[str, Option] = {}
        for claimant, features in (*self._speaking(start, end, candidate), *self._named(candidate)):
            option = found.setdefault(claimant.name.casefold(), Option(claimant, []))
            option.features += features
        if ruled is not None:
            option = found.setdefault(ruled.name.casefold(), Option(ruled, []))
            option.claimant = ruled
            option.features.append("ruled")
        own = ["outlet", f"outlet|ruled={ruled is not None}", f"outlet|others={min(len(found), 3)}"]
        best = {feature for option in found.values() for feature in option.features if feature.startswith("from=")}
        own += [f"outlet|{feature}" for feature in best]
        return [Option(None, own), *found.values()]

    def _speaking(self, start: int, end: int, candidate: Candidate) -> Iterator[tuple[Claimant, list[str]]]:
        """The speakers of quotes that hold the figure or stand near it."""
        last = bisect_right(self._starts, candidate.sentence.end_char)
        for quote in self._quotes[max(0, last - _NESTED) : last]:
            holds = quote.start <= start and end <= quote.end
            between = self._sentences_between(quote, candidate)
            if between > _REACH:
                continue
            place = "holds" if holds else "before" if quote.end <= start else "after"
            cued = "cue_before" if (quote.speaker_start or 0) < start else "cue_after"
            same = "same" if between == 0 else "near"
            aside = holds and quote.kind == "indirect" and _is_aside(self._doc[candidate.noun], quote)
            apart = "\n" in self._text[min(quote.end, start) : max(start, quote.start)]
            yield (
                _speaker(quote),
                [
                    "named",
                    f"from=quote:{place}:{same}",
                    f"quote={quote.kind}:{place}:{min(between, 3)}",
                    f"quote={quote.kind}:{place}:{same}:{cued}",
                    f"cue={(quote.cue or '').lower()}|{place}",
                    f"paragraph={apart}:{place}:{same}",
                    f"gap={min((start - quote.end) // 40, 5) if place == 'before' else 'none'}:{place}",
                    f"aside={aside}:{place}",
                ],
            )

    def _sentences_between(self, quote: Quote, candidate: Candidate) -> int:
        at = bisect_right(self._sentence_starts, quote.start if quote.end > quote.start else quote.end) - 1
        return abs(candidate.number - at)

    def _named(self, candidate: Candidate) -> Iterator[tuple[Claimant, list[str]]]:
        """Whom the figure's sentence names: subjects, agents, owners of people's words ("the hospital's 14")."""
        own = range(candidate.opens, candidate.counted.end)
        for token in candidate.sentence:
            if token.i in own or token.pos_ not in ("NOUN", "PROPN", "PRON"):
                continue
            can = self._can_claim(token)
            if token.dep_ in ("compound", "amod", "nummod") or not (can or token.dep_ in _ACTING):
                continue
            claimant = self._antecedent(token) if token.lower_ in _STANDING_FOR else self._claimant(mention(token))
            side = "before" if token.i < candidate.first else "after"
            apart = abs(token.i - candidate.first)
            verb = token.head.lemma_.lower() if token.dep_ in _SUBJECTS else token.head.lower_
            cue = self._cue(token, verb)
            yield (
                claimant,
                [
                    "named",
                    f"from=sentence:{token.dep_}:{cue}",
                    f"mention={token.dep_}:{side}",
                    f"mention={token.dep_}:{verb}",
                    f"mention={cue}:{side}",
                    f"mention={cue}:{token.dep_}:{'near' if apart < 6 else 'far'}",
                    f"label={token.ent_type_ or token.pos_}",
                    f"can={can}:{token.dep_}",
                    f"body={token.lower_ in self._bodies}",
                    f"word={token.lower_}",
                ],
            )

    def _cue(self, token: Token, verb: str) -> str:
        """What the mention of somebody has to do with counts: it claims, owns a count ("the army's toll"), owns whoever
        is counted ("the army's losses"), or nothing known."""
        if token.dep_ in _SUBJECTS and (verb in self._claiming or verb in self._putting):
            return "claims"
        if token.dep_ == "poss":
            owned = token.head.lemma_.lower()
            return "count" if owned in self._counts else "counted" if owned in self._counted else "other"
        return "other"

    def _antecedent(self, pronoun: Token) -> Claimant:
        """Whom "it" or "they" stands for: the subject nearest before that can claim something, but nobody who is
        counted ("96 people"), and for "it" no plural.
        """
        sentences = self._sentence_starts
        at = bisect_right(sentences, pronoun.idx) - 1
        first = self._doc.token_at(sentences[max(0, at - _REACH)]).i
        for place in range(pronoun.i - 1, first - 1, -1):
            token = self._doc[place]
            if token.dep_ in _SUBJECTS and token.pos_ != "PRON" and self._can_claim(token):
                plural = token.tag_ == "NNS" or token.lower_ == "people"
                if any(child.dep_ == "nummod" for child in token.children) or (plural and pronoun.lower_ == "it"):
                    continue
                named = self._claimant(mention(token))
                return Claimant(pronoun.text, pronoun.idx, pronoun.idx + len(pronoun), named.name)
        return Claimant(pronoun.text, pronoun.idx, pronoun.idx + len(pronoun), pronoun.text)

    def _goes_on(self, quote: Quote, start: int) -> bool:
        """Whether reported speech goes on past its first clause: "He said that eight were killed, and nine ..."."""
        led = quote.kind == "indirect" and quote.speaker_start is not None and quote.speaker_start < quote.start
        if not led or start - quote.end > _LONGEST_LINK:
            return False
        between = self._text[quote.end : start].replace(",", " ").split()
        return between in (["and"], ["while"], ["with"], ["and", "that"], ["and", "the"])

    def speaks(self, start: int, end: int) -> bool:
        """Whether the words at `start` to `end` are part of a speaker's mention: "two officials told reporters"."""
        before = self._speakers[: bisect_left(self._speakers, (end, end))][-1:]
        return any(start < speaker_end for _, speaker_end in before)

    def _answering(self, token: Token) -> Claimant | None:
        """Who answers for a figure that no quote holds: "put the toll at seven", "as reported by local media"."""
        below = token
        for height, node in enumerate(token.ancestors):
            if height == _HIGHEST or node.dep_ in ("relcl", "advcl"):
                return None
            if node.pos_ == "VERB" and below.i > node.i and self._claims(node, below):
                subjects = [child for child in node.children if child.dep_ == "nsubj" and self._can_claim(child)]
                return self._claimant(mention(subjects[0])) if subjects else None
            reporter = next((agent for child in node.children if (agent := self._reporter(child, token))), None)
            if reporter is not None:
                return self._claimant(mention(reporter))
            below = node
        return None

    def _claims(self, verb: Token, below: Token) -> bool:
        """Whether the subject of a verb answers for the figure in what hangs on it by `below`."""
        lemma = verb.lemma_.lower()
        if lemma in self._putting:
            if below.lower_ in self._leading:  # "put it at 80", "raised the army's losses to 17"
                return True
            return any(child.dep_ == "dobj" and child.lemma_.lower() in self._counts for child in verb.children)
        return lemma in self._claiming

    def _reporter(self, participle: Token, token: Token) -> Token | None:
        """The agent of "as reported by", after the figure."""
        if participle.lower_ not in self._reporting or participle.i < token.i:
            return None
        agents = [child for child in participle.children if child.dep_ == "agent"]
        named = [noun for agent in agents for noun in agent.children if noun.dep_ == "pobj" and self._can_claim(noun)]
        return named[0] if named else None

    def _can_claim(self, noun: Token) -> bool:
        word = noun.lower_
        return noun.ent_type_ in _NAMES or names_people(noun) or word in self._bodies or word in _PRONOUNS

    def _claimant(self, span: Span) -> Claimant:
        if len(span) > 1 and span[-1].tag_ == "POS":  # "the army's" toll is the army's
            span = span[:-1]
        after = self._doc[span.end : span.end + 2]
        if len(after) == 2 and after[0].text == ",":  # "another member of the council, Ana Ruiz, put the toll at seven"
            person = self._entity_from(after[1].idx)
            if person is not None and person.start == after[1].idx and person.label == "PERSON":
                return Claimant(person.text, person.start, person.end, person.name)
        return Claimant(span.text, span.start_char, span.end_char, self._name(span))

    def _name(self, span: Span) -> str:
        """The fullest name in the mention; for "he" and "she", the speaker of the last quote before."""
        if span.root.lower_ in _PRONOUNS:
            before = self._quotes[: bisect_left(self._starts, span.start_char)][-1:]
            return (before[0].speaker_name if before else None) or description(span)
        entity = self._entity_from(span.start_char)
        if (
            entity is not None
            and entity.end <= span.end_char
            and (entity.end == span.end_char or entity.label == "PERSON")
        ):
            return entity.name
        return description(span)

    def _entity_from(self, start: int) -> Entity | None:
        """The first named entity from an offset on."""
        at = bisect_left(self._entity_starts, start)
        return self._entities[at] if at < len(self._entities) else None


def _speaker(quote: Quote) -> Claimant:
    speaker = quote.speaker or ""
    return Claimant(speaker, quote.speaker_start, quote.speaker_end, quote.speaker_name or speaker, quote.relay)


def _is_aside(token: Token, quote: Quote) -> bool:
    """Whether the figure stands in a relative clause of reported speech, which the outlet adds: "which killed 84"."""
    for node in [token, *token.ancestors]:
        if not quote.start <= node.idx < quote.end:
            return False
        if node.dep_ == "relcl" and node.head.idx >= quote.start:
            return any(child.tag_ in ("WDT", "WP", "WP$") for child in node.subtree if child.i < node.i)
    return False
