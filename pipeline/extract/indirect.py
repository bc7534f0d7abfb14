"""Reported speech without marks: the clause that a cue introduces, by dependency and by its place in the sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline.extract.attributions import Attribution, Quoted, cue_lemmas
from pipeline.extract.relays import is_outlet, relay_name
from pipeline.extract.tokens import AnalysedText, Token

# A reported clause has a subject and a verb at least.
LEAST_WORDS = 3
# "said in a statement posted on its page that": how many words may stand between.
_FARTHEST_THAT = 20
_QUESTIONS = frozenset({"whether", "if", "what", "who", "whom", "which", "when", "where", "why"})
_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_CONDITIONS = frozenset({"if", "when", "unless", "while", "once", "although", "though", "because", "since"})
_LEADING = frozenset({"that", "how", "but", "and", "yet"})
_MARKS = ",:;—–-.…"

Offsets = tuple[int, int]


def indirect_quotes(
    doc: AnalysedText, attributions: Sequence[Attribution], quoted: Quoted
) -> Iterator[tuple[int, int, Attribution]]:
    """Start and end in characters of each reported clause, and its attribution.

    An outlet that reports what somebody says ("..., the daily said") becomes the relay of that quote instead.
    """
    found: list[tuple[int, int, Attribution]] = []
    for attribution in attributions:
        if attribution.kind == "voicing" or attribution.speaker is None:
            continue
        span = _content(attribution)
        if span is None or _only_quoted(doc, span, quoted):
            continue
        if attribution.frame is not None and _framed_within(doc, span, attribution, attributions):
            continue
        if is_outlet(attribution.speaker) and _carries(attribution, span, attributions):
            continue
        found.append((*span, attribution))
    cues = {attribution.cue.i for _, _, attribution in found}
    for start, end, attribution in found:
        piece = doc[start : _before_next_cue(doc, start, end, cues)]
        yield piece.start_char, quoted.end_of_open(piece), attribution


def _before_next_cue(doc: AnalysedText, start: int, end: int, cues: Collection[int]) -> int:
    """Where the content ends, if the speaker goes on within it: "..., adding that", "..., and said"."""
    for at in range(start + LEAST_WORDS + 1, end):
        if at in cues and doc[at].tag_ == "VBG" and doc[at - 1].text == ",":
            return at - 1
    return end


def _content(attribution: Attribution) -> Offsets | None:
    if attribution.kind == "according":
        return _beside_according(attribution)
    cue = attribution.cue
    if any(child.dep_ == "neg" for child in cue.children) and cue.lemma_ != "deny":
        return None
    return _behind(attribution) or _ahead(attribution)


def _behind(attribution: Attribution) -> Offsets | None:
    """The clause that stands before its cue: "..., the police said on Friday"."""
    frame, sentence = attribution.frame, attribution.cue.sent
    if frame is None:
        return None
    return _trim(frame.speaker.doc, sentence.start, sentence.end if frame.parenthetical else frame.first)


def _ahead(attribution: Attribution) -> Offsets | None:
    """The clause that follows its cue: "said that ..."."""
    cue, doc = attribution.cue, attribution.cue.doc
    for child in cue.children:
        if child.i > cue.i and (child.dep_ == "ccomp" or (child.dep_ == "xcomp" and _may_be_infinitive(cue, child))):
            start, end = max(child.left_edge.i, cue.i + 1), child.right_edge.i + 1
            if child.dep_ == "ccomp":
                start, end = _widened(cue, child, start, end)
            return _trim(doc, start, end) if doc[start].lower_ not in _QUESTIONS else None
    for token in doc[cue.i + 1 : min(cue.i + _FARTHEST_THAT, cue.sent.end)]:
        if token.lower_ == "that" and token.dep_ == "mark":
            return _trim(doc, token.i + 1, cue.sent.end)
    return None


def _finite(verb: Token) -> bool:
    return verb.tag_ in _FINITE or any(c.tag_ in _FINITE and c.dep_ in {"aux", "auxpass"} for c in verb.children)


def _widened(cue: Token, clause: Token, start: int, end: int) -> Offsets:
    """The clause with what the parser hung on the cue instead: an "if" before it, or its verb behind a participle."""
    doc = cue.doc
    for child in cue.children:
        if child.i <= cue.i or child.i == clause.i or child.is_punct:
            continue
        left, right = child.left_edge.i, child.right_edge.i + 1
        if child.dep_ == "advcl" and right <= start and doc[left].lower_ in _CONDITIONS:
            start = min(start, left)
        elif left >= end and not _finite(clause):
            end = right
    return start, end


def _may_be_infinitive(cue: Token, clause: Token) -> bool:
    return cue.lemma_.lower() in cue_lemmas("infinitive") and any(child.tag_ == "TO" for child in clause.children)


def _beside_according(attribution: Attribution) -> Offsets | None:
    doc, cue, sentence = attribution.cue.doc, attribution.cue, attribution.cue.sent
    end = max(attribution.last, cue.right_edge.i) + 1
    if cue.i - sentence.start < LEAST_WORDS:
        return _trim(doc, end, sentence.end)
    if any(token.pos_ in {"VERB", "AUX"} for token in doc[sentence.start : cue.i]):
        return _trim(doc, sentence.start, cue.i)
    return _trim(doc, sentence.start, sentence.end)


def _carries(outlet: Attribution, content: Offsets, attributions: Sequence[Attribution]) -> bool:
    """Whether another's words stand within the content of an outlet's attribution; if so the outlet is their relay."""
    carried = False
    for other in attributions:
        if other is outlet or other.speaker is None or other.cue.sent.start != outlet.cue.sent.start:
            continue
        within = content[0] <= other.cue.i < content[1]
        if within and other.kind != "voicing" and not is_outlet(other.speaker):
            other.relay = other.relay or relay_name(outlet.speaker) if outlet.speaker is not None else None
            carried = True
    return carried


def _framed_within(doc: AnalysedText, content: Offsets, own: Attribution, attributions: Sequence[Attribution]) -> bool:
    """Whether the content ends in a frame of its own: its words are then that one's."""
    return any(
        other is not own and other.frame is not None and content[0] < other.frame.first and other.cue.i < content[1]
        for other in attributions
    )


def _only_quoted(doc: AnalysedText, span: Offsets, quoted: Quoted) -> bool:
    inside = {quoted[token] for token in doc[span[0] : span[1]] if any(map(str.isalnum, token.text))}
    return -1 not in inside


def _trim(doc: AnalysedText, start: int, end: int) -> Offsets | None:
    """The span without conjunctions and marks at its ends; None where no proposition is left."""
    while start < end and (doc[start].is_space or doc[start].text in _MARKS or doc[start].lower_ in _LEADING):
        start += 1
    while end > start and (doc[end - 1].is_space or doc[end - 1].text in _MARKS):
        end -= 1
    if end - start < LEAST_WORDS:
        return None
    return start, end
