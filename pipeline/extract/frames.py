"""The frame of an attribution that follows its words: "..., the mayor, Ana Ruiz, said on Friday", "..., said police".

The parser of a small model is weakest there (a long clause, a comma, then the verb that governs it all), while the
order of words is plain; so the frame is read from tags and commas, and the parse asked only for what lies inside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.lists import read_toml
from pipeline.extract.mentions import entity_at, is_relative, trimmed
from pipeline.extract.tokens import AnalysedText, Span, Token

_FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})
_BOUNDARY = frozenset({",", "”", '"', "''", "»", "’", "'", "—", "–", "-", "--", "…", "?", "!"})
_CLOSING = frozenset({"”", '"', "''", "»", "’", "'"})
_MARKS = _CLOSING | {","}
_SUBORDINATE = frozenset({"WDT", "WP", "WP$", "WRB"})
_SUBORDINATORS = frozenset(
    {"as", "after", "before", "while", "since", "because", "until", "though", "although", "unless"}
)
_BESIDE = frozenset({"ADV", "AUX", "PART"})
# A speaker and his descriptions between the commas: "the brother of the suspect, Al Roe, of Leeds, said".
_SEGMENTS, _SEGMENT_WORDS = 3, 14
# Titles and descriptions between an inverted verb and the name: "said the ranking Democrat Al Roe".
_TITLE_WORDS = 8
_NOMINAL = frozenset({"DET", "ADJ", "NOUN", "PROPN", "NUM"})


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a closing frame begins (token index), whom it names, and whether its sentence goes on after it."""

    first: int
    speaker: Span
    parenthetical: bool


def closing_frame(cue: Token, subject: Token | None) -> Frame | None:
    """The frame in which `cue` follows the words it introduces, or None where it does not.

    Args:
        cue: the verb.
        subject: the head of its subject by the parse, or None where the parse has none.
    """
    sentence = cue.sent
    if subject is not None and is_relative(subject):
        return None
    found = None
    if subject is not None and subject.head == cue:
        found = _parsed(cue, subject, sentence)
    found = found or _speaker_before(cue, sentence) or _speaker_after(cue, sentence)
    if found is None:
        return None
    first, speaker = found
    if _has_object(cue, speaker):
        return None
    after = _after(cue, max(cue.i + 1, speaker.end), sentence.end, inverted=first == cue.i)
    return None if after == "clause" else Frame(first, speaker, after == "parenthetical")


def named_before_colon(doc: AnalysedText, start: int, colon: int) -> Span | None:
    """Whom a verbless stretch before a colon names: "Ana Ruiz, 34, nurse: ...", "More from Al Roe: ...".

    Args:
        doc: the analysed text.
        start: the first token of the paragraph.
        colon: the token of the colon.
    """
    first = max(start, doc[colon].sent.start)
    for at in range(colon - 1, first, -1):
        if doc[at].text in {"-", "–", "—", "|", "•"} and doc[at - 1].whitespace_:
            first = at + 1
            break
    if not 0 < colon - first <= _SEGMENT_WORDS or any(token.tag_ in _FINITE for token in doc[first:colon]):
        return None
    for token in doc[first:colon]:
        entity = entity_at(token) if token.ent_iob_ == "B" and token.ent_type_ in {"PERSON", "ORG"} else None
        if entity is not None and entity.end <= colon:
            return entity
    return None


def _has_object(cue: Token, speaker: Span) -> bool:
    """Whether the verb has an object of its own ("claimed the nomination"), and so not the words before it."""
    told = cue.lemma_ in {"tell", "inform", "remind", "assure", "notify", "advise", "warn", "ask", "text", "email"}
    for child in cue.children:
        if child.i <= cue.i or (child.i < speaker.end and speaker.start > cue.i):
            continue
        if child.lower_ == "it" and cue.lemma_ in read_toml("cues.toml")["wording"].split():
            continue
        if child.dep_ in {"dobj", "attr", "oprd"} and not told and child.ent_type_ not in {"DATE", "TIME"}:
            return True
        if child.dep_ == "xcomp" and any(grand.tag_ == "TO" for grand in child.children):
            return True
    return False


def _parsed(cue: Token, subject: Token, sentence: Span) -> tuple[int, Span] | None:
    first = min(cue.i, subject.left_edge.i)
    while first < cue.i and cue.doc[first].text in _MARKS:  # the parse may hang the quotation's end on the speaker
        first += 1
    if first > sentence.start and _is_boundary(cue.doc[first - 1]) and _closes(cue.doc, first, sentence.start):
        return first, cue.doc[subject.i : subject.i + 1]
    return None


def _is_boundary(token: Token) -> bool:
    """Whether a frame may begin after `token`; a hyphen within a name is no dash."""
    if token.text not in _BOUNDARY:
        return False
    return token.text != "-" or token.i == 0 or bool(token.doc[token.i - 1].whitespace_)


def _speaker_before(cue: Token, sentence: Span) -> tuple[int, Span] | None:
    doc, at = cue.doc, cue.i
    while at > sentence.start and doc[at - 1].pos_ in _BESIDE:
        at -= 1
    if at <= sentence.start:
        return None
    if doc[at - 1].text != ",":
        start = _segment_start(doc, at, sentence.start)
        if start is None or not _closes(doc, start, sentence.start):
            return None
        span = _name_in(doc, start, at)
        return None if span is None else (start, span)
    first = at
    starts: list[int] = []
    while len(starts) < _SEGMENTS and first > sentence.start and doc[first - 1].text == ",":
        start = _segment_start(doc, first - 1, sentence.start)
        if start is None:
            break
        starts.append(start)
        first = start
    # A name between two commas needs one segment before the verb's own comma, and something that it closes before that.
    for start in reversed(starts):
        span = _name_in(doc, start, at)
        if span is not None and _closes(doc, start, sentence.start):
            return start, span
    return None


def _segment_start(doc: AnalysedText, end: int, limit: int) -> int | None:
    """The start of the verbless stretch that ends before `end`, back to a comma, a mark or the sentence's start."""
    at = end
    while at > limit and not _is_boundary(doc[at - 1]):
        at -= 1
        if doc[at].tag_ in _FINITE or doc[at].tag_ == "VB" or end - at > _SEGMENT_WORDS:
            return None
    return at if at < end else None


def _closes(doc: AnalysedText, start: int, limit: int) -> bool:
    """Whether words that somebody may have said stand before `start`: a clause, or a quotation's end."""
    if start <= limit or doc[start].pos_ in {"CCONJ", "SCONJ"}:
        return False
    if doc[start - 1].text in _CLOSING or doc[start - 1].text in {"?", "!"}:
        return True
    return any(token.tag_ in _FINITE for token in doc[limit : start - 1])


def _name_in(doc: AnalysedText, start: int, end: int) -> Span | None:
    """Whom a verbless stretch names: a person in it, else its first noun phrase."""
    span = trimmed(doc, start, end)
    while len(span) and span[0].pos_ in {"ADV", "CCONJ"}:
        span = doc[span.start + 1 : span.end]
    if not len(span) or span[0].pos_ in {"ADP", "SCONJ", "VERB"}:
        return None
    for token in span:
        entity = entity_at(token) if token.ent_type_ == "PERSON" and token.ent_iob_ == "B" else None
        if entity is not None and (entity.end >= len(doc) or doc[entity.end].tag_ != "POS"):
            before = doc[entity.start - 1] if entity.start > span.start else None
            if before is None or before.pos_ != "ADP":
                return entity
    comma = next((token.i for token in span if token.text == ","), span.end)
    phrase = trimmed(doc, span.start, comma)
    return phrase if any(token.pos_ in {"NOUN", "PROPN", "PRON"} for token in phrase) else None


def _speaker_after(cue: Token, sentence: Span) -> tuple[int, Span] | None:
    """The speaker of an inverted frame: `", said Ana Ruiz"`."""
    doc, after = cue.doc, cue.i + 1
    if cue.tag_ not in {"VBD", "VBZ", "VBP", "VBN"} or not _closes(doc, cue.i, sentence.start):
        return None
    if not _is_boundary(doc[cue.i - 1]) or after >= sentence.end:
        return None
    for token in doc[after : min(after + _TITLE_WORDS, sentence.end)]:
        if token.ent_type_ == "PERSON":
            named = entity_at(token)
            if named is not None and named.end < len(doc) and doc[named.end].tag_ != "POS":
                return cue.i, named
            break
        if token.tag_ in _FINITE or token.text == "," or token.pos_ == "ADP":
            break
    start = after
    while after < sentence.end and (doc[after].pos_ in _NOMINAL or doc[after].tag_ == "POS"):
        after += 1
    if after == start:
        return None
    span = trimmed(doc, start, after)
    speaks = span.root.ent_type_ in {"PERSON", "ORG", "GPE", "NORP"} or _speaks(span.root)
    return (cue.i, span) if speaks else None


def _speaks(noun: Token) -> bool:
    people = read_toml("people.toml")
    return any(
        word in people[kind].split() for kind in ("roles", "bodies", "groups") for word in (noun.lower_, noun.lemma_)
    )


def _after(cue: Token, start: int, end: int, inverted: bool) -> str:
    """What follows the frame: an `adjunct`, a `clause` that it introduces, or the rest round a `parenthetical`."""
    doc = cue.doc
    if any(
        child.dep_ == "ccomp" and child.left_edge.i >= start and doc[child.left_edge.i - 1].text != ","
        for child in cue.children
    ):
        return "clause"
    for token in doc[start:end]:
        if (token.lower_ == "that" and token.dep_ == "mark") or token.text == ":":
            return "clause"
        if token.tag_ in _SUBORDINATE or token.lower_ in _SUBORDINATORS:
            return "adjunct"
        if token.pos_ == "CCONJ" or token.tag_ == "VBG":
            break
        if token.tag_ in _FINITE:
            return "parenthetical" if start < end and doc[start].text == "," else "clause"
    goes_on = not inverted and end - start > _TITLE_WORDS and doc[start].text == ","
    if goes_on and doc[start + 1].tag_ not in {"VBG", "VBN", "IN", "CC", "RB"}:
        return "parenthetical"
    return "adjunct"
