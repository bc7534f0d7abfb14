"""Who carried the words: the outlet or channel that the text names beside the speaker."""

from __future__ import annotations

from functools import cache

from pipeline.extract.lists import read_sections, read_toml
from pipeline.extract.mentions import entity_at, mention, trimmed
from pipeline.extract.tokens import Span, Token

_LINKS = frozenset({"on", "via", "in", "to", "with", "through", "by", "over"})
# "posted on", "published by", "speaking to", "in an interview with": how far the channel may hang below the cue.
_DEEPEST = 5


@cache
def _outlet_names() -> frozenset[str]:
    return frozenset(name.lower() for name in read_sections("outlets.txt")["names"])


@cache
def _outlet_words(kind: str) -> frozenset[str]:
    return frozenset(" ".join(read_sections("outlets.txt")[kind]).split())


def is_outlet(span: Span) -> bool:
    """Whether a mention is that of an outlet: by its name, a word of its name, or what it is called."""
    name = span.text.lower().removeprefix("the ")
    if name in _outlet_names() or (span.root.text.lower() in _outlet_names() and span.root.pos_ == "PROPN"):
        return True
    if span.root.ent_type_ == "PERSON":
        return False
    named = _outlet_words("words")
    if any(token.pos_ == "PROPN" and (token.text in named or token.lower_ in _outlet_names()) for token in span):
        return True
    return span.root.lower_ in _outlet_words("nouns") and span.root.pos_ in {"NOUN", "PROPN"}


def channel(token: Token) -> str | None:
    """The channel that a single word names: "tweeted", "Facebook"."""
    cues = read_toml("cues.toml")
    by_verb: str | None = cues["channels"].get(token.lemma_.lower()) if token.pos_ == "VERB" else None
    return by_verb or cues["channel_words"].get(token.text)


def relay_beside(cue: Token) -> str | None:
    """The outlet or channel named in the cue's own clause: "told CNN", "said on Twitter", "in an interview with"."""
    named = channel(cue)
    if named is not None:
        return named
    for child in cue.children:
        if child.dep_ in {"dobj", "dative"} and child.i > cue.i and child.pos_ in {"PROPN", "NOUN"}:
            span = _outlet_name(child)
            if span is not None and is_outlet(span) and child.pos_ == "PROPN":
                return _plain(span)
        if child.dep_ in {"prep", "agent", "dative", "advcl"}:
            found = _below(child, 1)
            if found is not None:
                return found
    return None


def _below(token: Token, depth: int) -> str | None:
    """The outlet or channel that hangs below a preposition or participle of the cue's clause."""
    for child in token.children:
        if child.dep_ in {"ccomp", "relcl", "nsubj", "conj"}:
            continue
        named = channel(child)
        if named is not None:
            return named
        if child.lower_ == "media" and any(grand.lower_ == "social" for grand in child.children):
            return "social media"
        if token.lower_ in {"to", "with", "by"} and child.dep_ == "pobj" and child.pos_ == "PROPN":
            span = _outlet_name(child)
            if span is not None and is_outlet(span):
                return _plain(span)
        if depth < _DEEPEST:
            found = _below(child, depth + 1)
            if found is not None:
                return found
    return None


def _outlet_name(token: Token) -> Span | None:
    named = entity_at(token)
    if named is not None:
        return named if named.label_ != "PERSON" else None
    return mention(token) if token.pos_ == "PROPN" else None


def _plain(span: Span) -> str:
    text = span.text
    return text[4:] if text.startswith("the ") else text


def relay_name(span: Span) -> str:
    """A relaying outlet's name as the records give it."""
    return _plain(trimmed(span.doc, span.start, span.end))
