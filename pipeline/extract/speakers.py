"""Whose mention a speaker is: names, pronouns and descriptions, to the fullest name of the document.

A small coreference over the joined entities, for speakers only: what matters is who is being talked of (recent,
subject of a sentence, speaker of the last quote) and what agrees (gender, number, the noun of a description). After
the salience factors of Lappin and Leass (1994), with the weights that news needs: a speaker counts for more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from math import log2

from pipeline.extract.attributions import Quoted
from pipeline.extract.entities import people_words
from pipeline.extract.lists import read_toml
from pipeline.extract.mentions import description, entity_at, is_relative, mention
from pipeline.extract.relays import is_outlet
from pipeline.extract.tokens import AnalysedText, Span, Token
from schemas.records import PLACE_LABELS, Entity

_SUBJECT, _SPOKE, _PER_SENTENCE, _QUOTED = 1.5, 1.0, -1.0, -1.5
# A gender that is known to agree, for a pronoun; for "the company", being in the lead, each doubling of mentions, and
# the share of the distance that does not count, for a text speaks of its topic throughout.
_KNOWN, _LEAD, _DOUBLED, _TOPICAL = 0.5, 1.0, 0.5, 0.6
_LEAD_SENTENCES = 2
_PLACE, _DOUBTFUL = 0.5, 1.5
# What "it" must be at least: a subject, or who spoke.
_ACTS = 1.0
# What the best candidate for a description given to nobody must score: a subject or speaker of the last sentences.
_SALIENT = 0.0
# How many sentences back a pronoun reaches.
_REACH = 12
# How many mentions back it looks at most: bounds the time on a list of names.
_NEAREST = 60
_NAMED = frozenset({*PLACE_LABELS, "PERSON", "ORG", "NORP", "PRODUCT", "WORK_OF_ART"})
_GENDERED = {"he": "male", "him": "male", "his": "male", "she": "female", "her": "female"}
_PLURAL = frozenset({"they", "them", "their"})
_THING = frozenset({"it", "its"})
_DEFINITE = frozenset({"the", "that", "this", "those", "these"})
# What may stand before a noun without making it another: "the former leader".
_TEMPORARY = frozenset({"former", "late", "current", "new", "then", "outgoing", "ex"})
# Nouns that fit any body, whatever describes it: "the rebel group".
_GENERIC = frozenset({"group", "company", "firm", "organization", "organisation", "militia", "agency", "movement"})
# How many tokens ahead a description finds the name that the next sentence gives it.
_AHEAD = 120
# How nouns of persons end that no list has.
_AGENTS = ("er", "or", "ist", "man", "woman", "person", "ian", "old", "one", "body", "local", "mum", "mom", "dad")
_SAME_ROLE = {"spokesperson": "speaks", "spokesman": "speaks", "spokeswoman": "speaks"}


@cache
def _first_names(gender: str) -> frozenset[str]:
    return frozenset(read_toml("first_names.toml")[gender].split())


@dataclass(slots=True)
class SpeakerCandidate:
    """Somebody a pronoun or description may mean: its mention's place, its name and what it agrees with."""

    index: int
    sentence: int
    name: str
    kind: str
    gender: str | None
    weight: float


class Speakers:
    """Resolves the speakers of one document; to be asked in the order of the text."""

    def __init__(self, doc: AnalysedText, entities: Sequence[Entity], quoted: Quoted) -> None:
        self._doc = doc
        self._starts = [sentence.start for sentence in doc.sents]
        self._names = {entity.start: entity for entity in entities}
        self._roles: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._genders: dict[str, str] = {}
        self._spoken: list[SpeakerCandidate] = []
        self._last_unparsed: dict[str, int] = {}
        self._candidates = [found for span in doc.ents if (found := self._entity(span, quoted)) is not None]
        self._times = Counter(candidate.name for candidate in self._candidates)
        self._lead = {c.name for c in self._candidates if c.sentence <= _LEAD_SENTENCES}
        self._indefinite = doc.places_of(["a", "an", "one", "another"])
        self._places = [candidate.index for candidate in self._candidates]
        self._bodies: dict[str, list[SpeakerCandidate]] = defaultdict(list)
        for candidate in self._candidates:
            if candidate.kind == "body":
                for word in set(candidate.name.lower().split()):
                    self._bodies[word].append(candidate)

    def name(self, speaker: Span) -> str:
        """The fullest name of a speaker: a person's or body's name, or the first full description of it."""
        root, kind = speaker.root, "thing"
        antecedent = _antecedent(root)
        if antecedent is not None:
            return self.name(mention(antecedent))
        name = self._own_name(speaker)
        if name is not None:
            kind = "person" if root.ent_type_ == "PERSON" and not is_outlet(speaker) else "body"
        elif root.lower_ in _GENDERED or root.lower_ in _PLURAL or root.lower_ in _THING:
            found = self._pronoun(root)
            name, kind = (found.name, found.kind) if found is not None else (description(speaker), "thing")
        else:
            name, kind = self._description(speaker)
        gender = _GENDERED.get(root.lower_) or self._gender_of(name, root)
        if gender is not None and kind == "person":
            self._genders.setdefault(name, gender)
        self._spoken.append(
            SpeakerCandidate(root.i, self._sentence(root.i), name, self._kind(kind, root), gender, _SUBJECT + _SPOKE)
        )
        return name

    def _kind(self, kind: str, root: Token) -> str:
        if kind == "thing":
            if root.tag_ in {"NNS", "NNPS"} or root.lower_ in {"police", "media"}:
                return "plural"
            if root.lower_ in people_words("bodies") or is_outlet(self._doc[root.i : root.i + 1]):
                return "body"
            return "person" if root.lower_ in people_words("roles") or root.lower_.endswith(_AGENTS) else "other"
        return kind

    def _own_name(self, speaker: Span) -> str | None:
        """The name of the entity that heads the mention."""
        named = entity_at(speaker.root)
        if named is None or named.start < speaker.start or named.end > speaker.end:
            return None
        entity = self._names.get(named.start_char)
        return entity.name if entity is not None and entity.label in _NAMED else None

    def _pronoun(self, pronoun: Token) -> SpeakerCandidate | None:
        word, sentence = pronoun.lower_, self._sentence(pronoun.i)
        best, best_score = None, -float(_REACH)
        last = bisect_left(self._places, pronoun.i)
        near = self._candidates[max(0, last - _NEAREST) : last] + self._spoken[-20:]
        for candidate in near:
            if candidate.index >= pronoun.i or sentence - candidate.sentence > _REACH:
                continue
            if not self._agrees(word, candidate) or (word in _THING and candidate.weight < _ACTS):
                continue
            score = candidate.weight + _PER_SENTENCE * (sentence - candidate.sentence) + candidate.index * 1e-6
            if word in _GENDERED and self._genders.get(candidate.name, candidate.gender) == _GENDERED[word]:
                score += _KNOWN
            if score > best_score:
                best, best_score = candidate, score
        return best

    def _agrees(self, word: str, candidate: SpeakerCandidate) -> bool:
        if word in _GENDERED:
            gender = self._genders.get(candidate.name, candidate.gender)
            return candidate.kind == "person" and gender in {None, _GENDERED[word]}
        if word in _PLURAL:
            return candidate.kind in {"plural", "body"}
        return candidate.kind in {"body", "place", "other"}

    def _description(self, speaker: Span) -> tuple[str, str]:
        """The name of "the minister", "the zoo", "police": who was so called, or whose name holds the word."""
        root = speaker.root
        noun = _SAME_ROLE.get(root.lower_, root.lower_)
        modifiers = {t.lower_ for t in speaker if t.i != root.i and t.pos_ in {"ADJ", "NOUN", "PROPN"}}
        definite = speaker[0].lower_ in _DEFINITE or (len(speaker) == 1 and root.tag_ in {"NNS", "NN", "NNP"})
        if not definite:
            held_by = {name for _, name in self._roles.get(noun, [])}
            owned = any(child.dep_ == "poss" for child in root.children)
            return (held_by.pop(), "person") if owned and len(held_by) == 1 else (description(speaker), "thing")
        called = self._called(noun, root)
        if called is not None:
            return called, "person"
        if modifiers <= _TEMPORARY:
            for spoken in reversed(self._spoken[-_NEAREST:]):
                earlier = self._doc[spoken.index]
                topical = spoken.kind == "body" and noun not in people_words("institutions")
                if topical and spoken.name not in self._times:
                    continue  # "the firm" is rather one that has a name
                if _SAME_ROLE.get(earlier.lower_, earlier.lower_) == noun and earlier.i != root.i:
                    return spoken.name, spoken.kind
            held = self._bodies.get(noun, [])
            if held:
                return held[max(0, bisect_left(held, root.i, key=lambda c: c.index) - 1)].name, "body"
        if speaker[0].lower_ == "the" and root.tag_ == "NN" and root.i == speaker.end - 1:
            found = self._last_fitting(noun, root, modifiers <= _TEMPORARY or noun in _GENERIC)
            if found is not None:
                return found.name, found.kind
        return description(speaker), "thing"

    def _last_fitting(self, noun: str, root: Token, plain: bool) -> SpeakerCandidate | None:
        """Who was named last, where a description fits whoever that was: "the company", not "the army"."""
        if noun in people_words("bodies"):
            if noun in people_words("institutions") or not plain:
                return None
            return self._last("place" if noun == "country" else "body", root)
        if noun not in people_words("roles") or self._introduced(root):
            return None
        others = {name for role, called in self._roles.items() if role != noun for _, name in called}
        found = self._last("person", root, others if noun in people_words("offices") else ())
        return found if plain or (found is not None and self._score(found, root) >= _SALIENT) else None

    def _introduced(self, root: Token) -> bool:
        """Whether a description was given to somebody without a name before: "a pilot", later "the pilot"."""
        return any(before + 1 < root.i and self._doc[before + 1].lower_ == root.lower_ for before in self._indefinite)

    def _called(self, noun: str, root: Token) -> str | None:
        """Who is called by a role: of those before it the most often called so, else the next one after it."""
        called = self._roles.get(noun, [])
        at = bisect_left(called, root.i, key=lambda entry: entry[0])
        before = [name for _, name in called[max(0, at - _NEAREST) : at]]
        if before:
            times = Counter(before)
            return next(name for name in reversed(before) if times[name] == max(times.values()))
        return called[at][1] if at < len(called) and called[at][0] - root.i < _AHEAD else None

    def _last(self, kind: str, root: Token, others: Collection[str] = ()) -> SpeakerCandidate | None:
        gender = _gender_of_role(root.lower_)
        last = bisect_left(self._places, root.i)
        sentence = self._sentence(root.i)
        if kind == "person" and any(
            t.lower_ in _GENDERED and t.dep_ == "nsubj" for t in self._doc[root.sent.start : root.i]
        ):
            return None  # "he heard the pilot say": two persons
        near = [
            c
            for c in self._candidates[max(0, last - _NEAREST) : last] + self._spoken[-20:]
            if c.kind == kind
            and (kind != "person" or c.sentence != sentence)
            and c.name not in others
            and (kind != "body" or not is_outlet(self._doc[c.index : c.index + 1]))
            and (gender is None or self._genders.get(c.name, c.gender) in {None, gender})
            and sentence - c.sentence <= _REACH
        ]
        return max(near, key=lambda c: self._score(c, root), default=None)

    def _score(self, candidate: SpeakerCandidate, root: Token) -> float:
        """How likely a description means a candidate; bodies also by how much the text is about them."""
        away = self._sentence(root.i) - candidate.sentence
        score = candidate.weight + _PER_SENTENCE * away + candidate.index * 1e-6
        if candidate.kind == "body":
            score -= _PER_SENTENCE * away * _TOPICAL
            score += _LEAD * (candidate.name in self._lead) + _DOUBLED * log2(self._times[candidate.name] or 1)
        return score

    def _sentence(self, index: int) -> int:
        return bisect_left(self._starts, index + 1)

    def _entity(self, span: Span, quoted: Quoted) -> SpeakerCandidate | None:
        entity = self._names.get(span.start_char)
        if entity is None or entity.label not in {"PERSON", "ORG", "GPE", "NORP"}:
            return None
        kind = {"PERSON": "person", "ORG": "body", "GPE": "place", "NORP": "plural"}[entity.label]
        if kind == "plural" and span[-1].tag_ not in {"NNPS", "NNS"}:
            return None
        if kind == "place" and not _is_subject(span.root):
            return None
        weight = _SUBJECT if self._is_subject(span, kind) else 0.0
        weight += _QUOTED if quoted[span.root] >= 0 else 0.0
        weight -= _PLACE if kind in {"place", "plural"} else 0.0
        weight -= 1.0 if span.root.dep_ in {"poss", "compound"} else 0.0
        gender = None
        if kind == "person":
            roles = _roles_of(span)
            before = self._doc[span.start - 1].lower_ if span.start else ""
            if span[0].lower_ == "the" or (before == "the" and not roles):
                return None  # "the Brandenburg Gate"
            gender = self._gender_of(entity.name, span.root)
            for role in roles:
                self._roles[_SAME_ROLE.get(role.lower_, role.lower_)].append((span.root.i, entity.name))
                gender = gender or _gender_of_role(role.lower_)
            if gender is not None:
                self._genders.setdefault(entity.name, gender)
            elif " " not in entity.name and not roles:
                weight -= _DOUBTFUL
        return SpeakerCandidate(span.root.i, self._sentence(span.root.i), entity.name, kind, gender, weight)

    def _is_subject(self, span: Span, kind: str) -> bool:
        """Whether a name is its sentence's subject; where the sentence was not parsed, whether it comes first there."""
        if span[0].tag_:
            return _is_subject(span.root)
        sentence = self._sentence(span.start)
        first = self._last_unparsed.get(kind) != sentence
        self._last_unparsed[kind] = sentence
        return first

    def _gender_of(self, name: str, root: Token) -> str | None:
        known = self._genders.get(name)
        if known is not None:
            return known
        first = name.split()[0] if name.split() else ""
        for gender in ("male", "female"):
            if first in _first_names(gender):
                return gender
        return _gender_of_role(root.lower_)


def _is_subject(noun: Token) -> bool:
    """Whether a noun is a subject, or a name in apposition to one ("the head of the group, Al Roe, said")."""
    if noun.dep_ == "appos":
        noun = next((token for token in noun.ancestors if token.dep_ not in {"appos", "pobj", "prep"}), noun)
    return noun.dep_ in {"nsubj", "nsubjpass"}


def _antecedent(pronoun: Token) -> Token | None:
    """The noun that a relative pronoun stands for."""
    if not is_relative(pronoun):
        return None
    clause = next((token for token in pronoun.ancestors if token.dep_ == "relcl"), None)
    return None if clause is None or is_relative(clause.head) else clause.head


def _gender_of_role(word: str) -> str | None:
    word = word.rstrip(".")
    return next((gender for gender in ("male", "female") if word in people_words(gender)), None)


def _roles_of(span: Span) -> list[Token]:
    """The nouns and titles that say what a person is: before the name, or in apposition on either side."""
    doc, roles = span.doc, []
    for token in reversed(doc[max(0, span.start - 3) : span.start]):
        if token.text.rstrip(".") in people_words("titles") or token.lower_ in people_words("roles"):
            roles.append(token)
        elif token.pos_ not in {"ADJ", "NOUN", "PROPN", "PUNCT"} or token.text not in ".,-":
            break
    root = span.root
    roles += [child for child in root.children if child.dep_ == "appos" and child.lower_ in people_words("roles")]
    if root.dep_ == "appos" and root.head.lower_ in people_words("roles"):
        roles.append(root.head)
    if root.dep_ == "nsubj" and root.head.lemma_ == "be":
        roles += [c for c in root.head.children if c.dep_ == "attr" and c.lower_ in people_words("roles")]
    return roles
