"""Who says: every place of a text where the outlet gives the word to somebody, with the cue and the speaker."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.extract.frames import Frame, closing_frame
from pipeline.extract.lists import read_toml
from pipeline.extract.mentions import mention, title_name
from pipeline.extract.quotation_marks import Quotation
from pipeline.extract.relays import is_outlet, relay_beside, relay_name
from pipeline.extract.tokens import AnalysedText, Span, Token

_VERBS = frozenset({"VERB", "AUX"})
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
# Subjects that name nobody: "that said, ...", "it is safe to say".
_EMPTY = frozenset({"this", "what", "there", "these", "those"})
# How far up a participle may look for its subject: "said ..., adding ..., and warning that".
_FARTHEST = 6
_UNREAL = frozenset({"would", "could", "should", "might", "must", "can", "may"})
# By which others carry somebody's words.
_CARRYING = frozenset({"quote", "cite"})
# In the passive, the subject of these is the speaker ("was quoted as saying"); that of other cues is spoken to or of.
_QUOTING = _CARRYING | {"hear", "see"}


@cache
def cue_lemmas(kind: str) -> frozenset[str]:
    """The lemmas of one class of cues, by the class's name in `cues.toml`."""
    return frozenset(read_toml("cues.toml")[kind].split())


@dataclass(slots=True)
class Attribution:
    """A cue and whose words it introduces.

    `kind` is `reporting` (takes a clause), `voicing` (only quoted words) or `according`; `relay` the outlet or channel
    of the same clause; `first` and `last` the tokens between which cue and speaker stand; `frame` is set where they
    follow the words.
    """

    cue: Token
    speaker: Span | None
    kind: str
    relay: str | None = None
    frame: Frame | None = None

    @property
    def first(self) -> int:
        """Index of the first token of speaker and cue."""
        if self.frame is not None:
            return self.frame.first
        if self.speaker is not None and self.speaker.start >= self.cue.sent.start:
            return min(self.cue.i, self.speaker.start)
        return self.cue.i

    @property
    def last(self) -> int:
        """Index of the last token of speaker and cue."""
        if self.speaker is not None and self.speaker.end <= self.cue.sent.end:
            return max(self.cue.i, self.speaker.end - 1)
        return self.cue.i


class Quoted:
    """Which tokens of a document stand within quotation marks."""

    def __init__(self, doc: AnalysedText, quotations: Sequence[Quotation]) -> None:
        self._index = [-1] * len(doc)
        self._quotations = quotations
        offsets = doc.offsets
        for number, quotation in enumerate(quotations):
            start, end = bisect_left(offsets, quotation.opening), bisect_left(offsets, quotation.closing)
            self._index[start:end] = [number] * (end - start)

    def __getitem__(self, token: Token) -> int:
        """The number of the quotation that holds `token`, or -1."""
        return self._index[token.i]

    def end_of_open(self, piece: Span) -> int:
        """The end in characters of a piece of text, or of the quotation that begins in it and is not closed in it."""
        number = self._index[piece.end - 1]
        if number >= 0:
            quotation = self._quotations[number]
            if piece.start_char < quotation.opening and quotation.end > piece.end_char:
                return quotation.end
        return piece.end_char


def find_attributions(doc: AnalysedText, quoted: Quoted) -> list[Attribution]:
    """Every attribution outside quotation marks, in the order of the cues."""
    found = []
    for token in doc:
        according = token.lower_ == "according"
        if not (according or token.pos_ in _VERBS) or quoted[token] >= 0:
            continue
        attribution = _according(token) if according else _verb(token, quoted)
        if attribution is not None:
            found.append(attribution)
    _share(found)
    return found


def _share(attributions: list[Attribution]) -> None:
    """What attributions of a sentence lend each other: "tweeted ..., adding", "Reuters reports, citing officials"."""
    by_cue = {attribution.cue.i: attribution for attribution in attributions}
    for attribution in attributions:
        governing = by_cue.get(attribution.cue.head.i)
        if governing is None or governing is attribution or attribution.cue.dep_ not in {"advcl", "conj", "xcomp"}:
            continue
        if attribution.cue.lemma_ in _CARRYING and governing.speaker is not None and is_outlet(governing.speaker):
            governing.relay = governing.relay or relay_name(governing.speaker)
            governing.speaker = attribution.speaker
            attribution.speaker = None
        elif attribution.relay is None and _own_subject(attribution.cue, None) is None:
            attribution.relay = governing.relay


def _according(token: Token) -> Attribution | None:
    for child in token.children:
        if child.lower_ == "to":
            for noun in child.children:
                if noun.dep_ == "pobj":
                    return Attribution(token, _speaker(noun), "according")
    return None


def _verb(verb: Token, quoted: Quoted) -> Attribution | None:
    lemma = verb.lemma_.lower()
    kind = next((kind for kind in ("reporting", "voicing") if lemma in cue_lemmas(kind)), None)
    if kind is None and lemma in cue_lemmas("wording") and any(child.lower_ == "it" for child in verb.children):
        kind = "voicing"
    if kind is None or verb.dep_ == "amod":
        return None
    if kind == "reporting" and not _states(verb):
        kind = "voicing"
    if lemma in _CARRYING and not _passive(verb):
        carried = [child for child in verb.children if child.dep_ in {"dobj", "dative"} and child.i > verb.i]
        if carried:
            outlet = _subject(verb, quoted)
            relay = relay_name(mention(outlet)) if outlet is not None and is_outlet(mention(outlet)) else None
            return Attribution(verb, _speaker(carried[0]), kind, relay)
    quoting = _quoting(verb)
    if quoting is not None:
        return _as_saying(verb, quoting, kind, quoted)
    subject = _subject(verb, quoted)
    relay = relay_beside(verb)
    if subject is not None and relay is None:
        relay = _quoted_by(subject)
    speaker = None if subject is None else _speaker(subject)
    frame = None if _passive(verb) else closing_frame(verb, subject)
    if frame is not None and (subject is None or subject.head != verb):
        speaker = frame.speaker
    return Attribution(verb, speaker, kind, relay, frame)


def _quoting(verb: Token) -> Token | None:
    """The verb by which others carry these words: that of "AFP quoted the mayor as saying ..."."""
    if verb.dep_ == "pcomp" and verb.head.lower_ == "as" and verb.head.head.lemma_ in _CARRYING:
        return verb.head.head
    return None


def _as_saying(verb: Token, quoting: Token, kind: str, quoted: Quoted) -> Attribution:
    """The speaker is whom they quote, and an outlet that quotes is the relay: "was quoted by AFP as saying" too."""
    if _passive(quoting):
        speaker, outlet = _own_subject(quoting, quoted), _agent(quoting)
    else:
        carried = (child for child in quoting.children if child.dep_ in {"dobj", "dative"})
        speaker, outlet = next(carried, None), _own_subject(quoting, quoted)
    relay = relay_name(mention(outlet)) if outlet is not None and is_outlet(mention(outlet)) else None
    return Attribution(verb, _speaker(speaker) if speaker is not None else None, kind, relay or relay_beside(verb))


def _states(verb: Token) -> bool:
    """Whether the verb reports that something was said, and not that it might, should or was to be."""
    marks = {child.tag_ for child in verb.children if child.dep_ == "aux"}
    if "MD" in marks and any(child.lower_ in _UNREAL for child in verb.children):
        return False
    if "TO" in marks:
        return verb.dep_ == "xcomp" and verb.head.lemma_ in {"go", "continue", "come", "proceed", "hear", "see"}
    return True


def _speaker(token: Token) -> Span:
    """The mention of a speaker; of who issued it, where a statement speaks ("a statement from a rabbi")."""
    if token.lower_ in read_toml("cues.toml")["vehicles"].split():
        for child in token.children:
            if child.lower_ in {"from", "by"}:
                token = next((noun for noun in child.children if noun.dep_ == "pobj"), token)
    return title_name(token) or mention(token)


def _quoted_by(noun: Token) -> str | None:
    """The outlet of "witnesses quoted by the daily"."""
    for child in noun.children:
        if child.dep_ == "acl" and child.lemma_ in {"quote", "cite", "interview"}:
            return relay_beside(child)
    return None


def _passive(verb: Token) -> bool:
    return any(child.dep_ == "auxpass" for child in verb.children) or (verb.dep_ == "acl" and verb.tag_ == "VBN")


def _subject(verb: Token, quoted: Quoted) -> Token | None:
    """The token that heads the subject of `verb`, sought at the verbs that govern it where it has none of its own."""
    at = verb
    for _ in range(_FARTHEST):
        if _passive(at) and at.lemma_ not in _QUOTING:
            return _agent(at)
        subject = _own_subject(at, quoted)
        if subject is not None:
            return None if subject.lower_ in _EMPTY else subject
        if at.dep_ in {"relcl", "ROOT"}:
            return None
        if at.dep_ == "acl" and at.head.pos_ in {"NOUN", "PROPN"} and _speaks_itself(at.head):
            return at.head
        at = at.head
    return None


def _speaks_itself(noun: Token) -> bool:
    """Whether a noun with a participle speaks ("a poll saying"), and is not what somebody else says it by or to."""
    if noun.dep_ in {"nsubj", "nsubjpass", "ROOT", "conj", "appos"}:
        return True
    if noun.dep_ == "pobj" and noun.head.lower_ in {"to", "in", "with", "by"}:
        return False
    return noun.lower_ not in read_toml("cues.toml")["vehicles"].split()


def _agent(verb: Token) -> Token | None:
    for child in verb.children:
        if child.dep_ == "agent":
            return next((noun for noun in child.children if noun.dep_ == "pobj"), None)
    return None


def _own_subject(verb: Token, quoted: Quoted | None) -> Token | None:
    subjects = [c for c in verb.children if c.dep_ in _SUBJECTS and (quoted is None or quoted[c] < 0)]
    return subjects[-1] if subjects else None
