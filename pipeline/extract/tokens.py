"""An analysed text as the rules read it: its tokens, read out of spaCy's `Doc` once, and spans of them.

spaCy makes an object of a token each time that it is asked for, and a string of each attribute; the rules ask for every
token of a text ten times. Attributes mean what they mean in spaCy (https://spacy.io/api/token, https://spacy.io/api/span),
but that the same token is always the same object.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import pairwise, repeat
from typing import overload

import numpy as np
from spacy.attrs import (  # type: ignore[import-not-found]
    DEP,
    ENT_IOB,
    ENT_TYPE,
    HEAD,
    IDX,
    LEMMA,
    ORTH,
    POS,
    SENT_START,
    SPACY,
    TAG,
)
from spacy.tokens import Doc
from spacy.vocab import Vocab

_ATTRIBUTES = [IDX, HEAD, SENT_START, SPACY, ENT_IOB, ORTH, LEMMA, POS, TAG, DEP, ENT_TYPE]
_IOB = ("", "I", "O", "B")
_SPACES = ("", " ")
# Word forms, and strings of attributes, that are kept: nine tokens of ten, some 5 MB.
_KEPT = 8_192
# spaCy's hashes are unsigned numbers of 64 bits.
_HASHES = 1 << 64


@dataclass(frozen=True, slots=True)
class _Form:
    """What is known of a word by its form alone."""

    text: str
    lower_: str
    is_alpha: bool
    is_digit: bool
    is_punct: bool
    is_quote: bool
    is_space: bool
    is_stop: bool
    is_title: bool
    is_upper: bool
    like_num: bool


class Token:
    """A word, number or mark of a text, its place there, and what the model says of it."""

    __slots__ = (
        "_form",
        "children",
        "dep_",
        "doc",
        "ent_iob_",
        "ent_type_",
        "head",
        "i",
        "idx",
        "lemma_",
        "lower_",
        "pos_",
        "tag_",
        "text",
        "whitespace_",
    )

    def __init__(
        self,
        doc: AnalysedText,
        i: int,
        idx: int,
        space: int,
        iob: int,
        form: _Form,
        lemma: str,
        pos: str,
        tag: str,
        dep: str,
        entity: str,
    ) -> None:
        self.doc, self.i, self.idx = doc, i, idx
        self._form, self.text, self.lower_ = form, form.text, form.lower_
        self.lemma_, self.pos_, self.tag_, self.dep_, self.ent_type_ = lemma, pos, tag, dep, entity
        self.whitespace_, self.ent_iob_ = _SPACES[space], _IOB[iob]
        self.head = self
        self.children: Sequence[Token] = ()

    def __len__(self) -> int:
        return len(self.text)

    @property
    def lefts(self) -> list[Token]:
        """Its children before it."""
        return [child for child in self.children if child.i < self.i]

    @property
    def rights(self) -> list[Token]:
        """Its children after it."""
        return [child for child in self.children if child.i > self.i]

    @property
    def left_edge(self) -> Token:
        """The first token of its subtree."""
        return self.doc[self.doc.analysis[self.i].left_edge.i]

    @property
    def right_edge(self) -> Token:
        """The last token of its subtree."""
        return self.doc[self.doc.analysis[self.i].right_edge.i]

    @property
    def subtree(self) -> Iterator[Token]:
        """Itself and all that hang on it, in no order."""
        waiting = [self]
        while waiting:
            token = waiting.pop()
            yield token
            waiting += token.children

    @property
    def ancestors(self) -> Iterator[Token]:
        """Its head, the head of that, and so on."""
        at = self
        while at.head is not at:
            at = at.head
            yield at

    @property
    def sent(self) -> Span:
        """Its sentence."""
        return self.doc.sentence_at(self.i)

    @property
    def is_sent_start(self) -> bool:
        """Whether a sentence begins with it."""
        return self.sent.start == self.i

    @property
    def is_alpha(self) -> bool:
        """Whether it is of letters alone."""
        return self._form.is_alpha

    @property
    def is_digit(self) -> bool:
        """Whether it is of digits alone."""
        return self._form.is_digit

    @property
    def is_punct(self) -> bool:
        """Whether it is a mark."""
        return self._form.is_punct

    @property
    def is_quote(self) -> bool:
        """Whether it is a quotation mark."""
        return self._form.is_quote

    @property
    def is_space(self) -> bool:
        """Whether it is white space."""
        return self._form.is_space

    @property
    def is_stop(self) -> bool:
        """Whether it is one of the commonest words."""
        return self._form.is_stop

    @property
    def is_title(self) -> bool:
        """Whether it is written with one capital, at its beginning."""
        return self._form.is_title

    @property
    def is_upper(self) -> bool:
        """Whether it is written in capitals."""
        return self._form.is_upper

    @property
    def like_num(self) -> bool:
        """Whether it looks like a number: "10", "ten", "1/2"."""
        return self._form.like_num


class Span:
    """The tokens `start` to `end` of a text, with the label of an entity or none."""

    __slots__ = ("doc", "end", "label_", "start")

    def __init__(self, doc: AnalysedText, start: int, end: int, label: str = "") -> None:
        self.doc, self.start, self.end, self.label_ = doc, start, end, label

    def __len__(self) -> int:
        return self.end - self.start

    def __iter__(self) -> Iterator[Token]:
        return iter(self.doc.tokens[self.start : self.end])

    @overload
    def __getitem__(self, place: int) -> Token: ...

    @overload
    def __getitem__(self, place: slice) -> Span: ...

    def __getitem__(self, place: int | slice) -> Token | Span:
        if isinstance(place, slice):
            start, end, _ = place.indices(len(self))
            return Span(self.doc, self.start + start, self.start + max(start, end))
        return self.doc.tokens[self.start : self.end][place]

    @property
    def start_char(self) -> int:
        """Where it starts in the text."""
        tokens = self.doc.tokens
        return tokens[self.start].idx if self.start < len(tokens) else len(self.doc.text)

    @property
    def end_char(self) -> int:
        """Where it ends in the text."""
        if self.end <= self.start:
            return self.start_char
        last = self.doc.tokens[self.end - 1]
        return last.idx + len(last.text)

    @property
    def text(self) -> str:
        """Its words as they stand in the text."""
        return self.doc.text[self.start_char : self.end_char]

    @property
    def root(self) -> Token:
        """The token of it that is nearest to the root of its sentence, the first of several; a mark only of marks."""
        tokens = self.doc.tokens[self.start : self.end]
        for token in tokens:
            if token.head is token:
                return token
        outer = [token for token in tokens if not self.start <= token.head.i < self.end]
        return min(outer, key=_depth) if outer else self.doc[self.start]


def _depth(token: Token) -> int:
    """How far below the root it hangs; a mark on which nothing hangs, lower than any word."""
    if (token.is_punct or token.is_space) and not token.children:
        return len(token.doc)
    return sum(1 for _ in token.ancestors)


class AnalysedText:
    """A text with its tokens, sentences and entities.

    `analysis` is spaCy's own, for its matchers; `offsets` tells where each token starts.
    """

    def __init__(self, analysis: Doc, text: str) -> None:
        """
        Args:
            analysis: the text as spaCy analysed it.
            text: `analysis.text`, which spaCy joins of all tokens each time that it is asked for.
        """
        self.analysis, self.text = analysis, text
        columns = analysis.to_array(_ATTRIBUTES).astype(np.int64).T.tolist()
        self.offsets, heads, starts, spaces, iobs, forms, *named = columns
        form, string = _forms(analysis.vocab).__getitem__, _strings(analysis.vocab).__getitem__
        strings = (map(string, column) for column in named)
        self.tokens = list(
            map(Token, repeat(self), range(len(heads)), self.offsets, spaces, iobs, map(form, forms), *strings)
        )
        children: dict[int, list[Token]] = defaultdict(list)
        for token, head in zip(self.tokens, heads, strict=True):
            if head:
                token.head = self.tokens[token.i + head]
                children[token.head.i].append(token)
        for place, own in children.items():
            self.tokens[place].children = own
        self._starts = [i for i, start in enumerate(starts) if start == 1 or i == 0]
        self.sents = [Span(self, start, end) for start, end in pairwise([*self._starts, len(self.tokens)])]

    def release(self) -> None:
        """Ends the use of its tokens. They refer to one another, and would otherwise stay until Python looks for such
        objects, which takes 2 ms a document.
        """
        for token in self.tokens:
            del token.doc, token.head, token.children

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[Token]:
        return iter(self.tokens)

    @overload
    def __getitem__(self, place: int) -> Token: ...

    @overload
    def __getitem__(self, place: slice) -> Span: ...

    def __getitem__(self, place: int | slice) -> Token | Span:
        if isinstance(place, slice):
            start, end, _ = place.indices(len(self.tokens))
            return Span(self, start, max(start, end))
        return self.tokens[place]

    def sentence_at(self, token: int) -> Span:
        """The sentence of the token at this place."""
        return self.sents[bisect_right(self._starts, token) - 1]

    def sentence_characters(self) -> list[tuple[int, int]]:
        """Where each sentence starts and ends in the text."""
        return [(sentence.start_char, sentence.end_char) for sentence in self.sents]

    def places_of(self, words: Collection[str]) -> list[int]:
        """The places of the tokens that, in lower case, are one of `words`."""
        return [token.i for token in self.tokens if token.lower_ in words]

    @property
    def ents(self) -> list[Span]:
        """The entities, in order."""
        found: list[Span] = []
        for token in self.tokens:
            if token.ent_iob_ == "B":
                found.append(Span(self, token.i, token.i + 1, token.ent_type_))
            elif token.ent_iob_ == "I":
                found[-1].end = token.i + 1
        return found

    @ents.setter
    def ents(self, spans: Collection[Span]) -> None:
        for token in self.tokens:
            token.ent_type_, token.ent_iob_ = "", "O"
        for span in spans:
            for token in span:
                token.ent_type_, token.ent_iob_ = span.label_, "I"
            span[0].ent_iob_ = "B"

    def token_at(self, offset: int) -> Token:
        """The token at a character of the text, or the one before, where that is a space."""
        return self.tokens[max(0, bisect_right(self.offsets, offset) - 1)]

    def span_of(self, start: int, end: int, label: str = "") -> Span | None:
        """The tokens that are just the characters `start` to `end`; None where a token begins or ends within."""
        first, last = self.token_at(start), self.token_at(end - 1)
        if first.idx != start or last.idx + len(last.text) != end:
            return None
        return Span(self, first.i, last.i + 1, label)


class _Strings(dict[int, str]):
    """Strings by their hashes, as signed numbers."""

    def __init__(self, vocab: Vocab) -> None:
        self._strings = vocab.strings

    def __missing__(self, key: int) -> str:
        if len(self) >= _KEPT:
            self.clear()
        self[key] = string = self._strings[key % _HASHES]
        return string


class _Forms(dict[int, _Form]):
    """Word forms by the hashes of their texts, as signed numbers."""

    def __init__(self, vocab: Vocab) -> None:
        self._vocab = vocab

    def __missing__(self, key: int) -> _Form:
        if len(self) >= _KEPT:
            self.clear()
        word = self._vocab[key % _HASHES]
        self[key] = form = _Form(*(getattr(word, field.name) for field in fields(_Form)))
        return form


@cache
def _strings(vocab: Vocab) -> _Strings:
    return _Strings(vocab)


@cache
def _forms(vocab: Vocab) -> _Forms:
    return _Forms(vocab)
