"""Part of speech, morphology and lemma by the model's rules, asked once for each kind of token.

spaCy's attribute ruler tries some two hundred patterns at every token, and its lemmatizer looks every word up. The
patterns ask for a token's tag, for one of some dozens of words and for one of a few dependencies; a few ask for two
tokens in a row ("gon na", "there is"). So one token of each kind is shown to the ruler, and one of each word, part of
speech and morphology to the lemmatizer; tokens that fit a pattern of two are shown to both together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np
from spacy.attrs import DEP, LEMMA, LOWER, MORPH, ORTH, POS, TAG  # type: ignore[import-not-found]
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc

from pipeline.extract.memory import Memory, Rows

# What the rules are told of a token, and what they give.
TOLD, GIVEN = [ORTH, LOWER, TAG, DEP], [POS, MORPH, LEMMA]
# Kinds of token kept for the ruler (tags by dependencies by words that patterns name: some thousands), and words kept
# for the lemmatizer: an English vocabulary, some 30 MB.
_KINDS_KEPT, _WORDS_KEPT = 20_000, 200_000


class TokenRules:
    """The attribute ruler and the lemmatizer of a pipeline."""

    def __init__(self, ruler: AttributeRuler, lemmatizer: Any) -> None:
        self._vocab, self._ruler, self._lemmatizer = ruler.vocab, ruler, lemmatizer
        # The lemmatizer asks of many a form whether it is in a list of all words of a part of speech.
        index: Any = lemmatizer.lookups.get_table("lemma_index")
        for part, words in list(index.items()):
            index[part] = frozenset(words)
        self._alone = AttributeRuler(ruler.vocab)
        patterns: list[Any] = []
        for rule in cast(list[Any], ruler.patterns):
            patterns += rule["patterns"]
            self._alone.add([tokens for tokens in rule["patterns"] if len(tokens) == 1], rule["attrs"], rule["index"])
        self._first, self._second = Matcher(ruler.vocab), Matcher(ruler.vocab)
        for number, pair in enumerate(tokens for tokens in patterns if len(tokens) > 1):
            if len(pair) != 2:
                raise ValueError("the language model has rules of three tokens, which this code does not read")
            self._first.add(str(number), [[pair[0]]])
            self._second.add(str(number), [[pair[1]]])
        tokens = [token for pattern in patterns for token in pattern]
        if {key for token in tokens for key in token} - {"LOWER", "TAG", "DEP", "IS_SPACE"}:
            raise ValueError("the language model has rules of a kind that this code does not read")
        self._is_named = _Named(ruler.vocab.strings, [token["LOWER"] for token in tokens if "LOWER" in token])
        self._dependencies = _Named(ruler.vocab.strings, [token["DEP"] for token in tokens if "DEP" in token])
        self._kinds = Memory(self._ruled, _KINDS_KEPT)
        self._lemmas = Memory(self._lemmatised, _WORDS_KEPT)

    def given(self, told: Rows, last: np.ndarray[Any, np.dtype[np.bool_]]) -> Rows:
        """`GIVEN` for each token of some sentences.

        Args:
            told: a row of `TOLD` for each token.
            last: whether it is the last of its sentence.
        """
        words = np.array([self._is_named[word] for word in told[:, 1].tolist()], dtype=np.uint64)
        dependencies = np.array([self._dependencies[label] for label in told[:, 3].tolist()], dtype=np.uint64)
        found = self._kinds.of(np.column_stack([words, told[:, 2], dependencies]), told)
        given, first, second = found[:, : len(GIVEN)], found[:, -2], found[:, -1]
        given[:, -1] = self._lemmas.of(np.column_stack([told[:, 0], given]), np.column_stack([told[:, 0], given]))[:, 0]
        linked = np.zeros(len(told), dtype=bool)
        linked[:-1] = (first[:-1] & second[1:] != 0) & ~last[:-1]
        for start, end in _runs(linked):
            given[start:end] = self._together(told[start:end])
        return given

    def _doc(self, told: Rows) -> Doc:
        doc = Doc(self._vocab, words=told[:, 0].tolist(), spaces=[True] * len(told))
        return doc.from_array([TAG, DEP], cast(Any, told[:, 2:]))

    def _ruled(self, told: Rows) -> Rows:
        """What the ruler gives for tokens by themselves, and which patterns of two they begin and end, as bits."""
        doc = self._alone(self._doc(told))
        given = np.zeros((len(told), len(GIVEN) + 2), dtype=np.uint64)
        given[:, :-2] = doc.to_array(GIVEN)
        for column, matcher in ((-2, self._first), (-1, self._second)):
            for key, start, _ in matcher(doc, allow_missing=True):
                given[start, column] |= np.uint64(1 << int(self._vocab.strings[key]))
        return given

    def _lemmatised(self, words: Rows) -> Rows:
        """The lemmas of words, given as rows of `ORTH` and `GIVEN`."""
        doc = Doc(self._vocab, words=words[:, 0].tolist(), spaces=[True] * len(words))
        lemmas: Rows = self._lemmatizer(doc.from_array(GIVEN, cast(Any, words[:, 1:]))).to_array([LEMMA])
        return lemmas[:, None]

    def _together(self, told: Rows) -> Rows:
        """`GIVEN` for tokens in a row."""
        given: Rows = self._lemmatizer(self._ruler(self._doc(told))).to_array(GIVEN)
        return given


class _Named(dict[int, int]):
    """A word or label, by its hash, to itself where a pattern names it, to 0 where none does."""

    def __init__(self, strings: Any, named: list[Any]) -> None:
        self._strings = strings
        self._words: set[str] = set()
        self._forms: list[Callable[[str], object]] = []
        for name in named:
            if isinstance(name, str):
                self._words.add(name)
            elif name.keys() == {"REGEX"}:
                self._forms.append(re.compile(name["REGEX"]).search)
            elif name.keys() <= {"IN", "NOT_IN"}:
                self._words |= {word for words in name.values() for word in words}
            else:
                raise ValueError("the language model has rules of a kind that this code does not read")

    def __missing__(self, key: int) -> int:
        text = self._strings[key]
        if text.isspace() or text in self._words or any(form(text) for form in self._forms):
            self[key] = key
        else:
            self[key] = 0
        return self[key]


def _runs(linked: np.ndarray[Any, np.dtype[np.bool_]]) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch of tokens in which each is linked to the next."""
    end = 0
    for start in np.flatnonzero(linked).tolist():
        if start < end:
            continue
        end = start + 1
        while linked[end - 1]:
            end += 1
        yield start, end
