"""spaCy's tagger and dependency parser, their scores computed in NumPy, the parser's transitions taken by spaCy itself.

The parser reads a sentence as a sequence of actions on a stack and a buffer. An action is scored by eight tokens of its
state; what each token adds to the hidden layer in each of the eight places is computed once for the sentence, so that
a step picks eight rows, adds them up and multiplies once. All sentences take their steps together.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from spacy.ml.parser_model import ParserStepModel  # type: ignore[import-not-found]
from spacy.tokens import Doc

from pipeline.extract.encoder import Floats
from pipeline.extract.memory import Rows


class Tagger:
    """The tagger of a pipeline."""

    def __init__(self, tagger: Any) -> None:
        softmax = tagger.model.layers[-1].layers[0]
        self._weights: Floats = np.ascontiguousarray(softmax.get_param("W").T)
        self._bias: Floats = softmax.get_param("b")
        self._tags: Rows = np.array([tagger.vocab.strings[label] for label in tagger.labels], dtype=np.uint64)

    def tags(self, vectors: Floats) -> Rows:
        """The tag (`TAG`, a hash) of each token, given the vectors (tokens, width)."""
        found: Rows = self._tags[(vectors @ self._weights + self._bias).argmax(axis=1)]
        return found


class Parser:
    """The dependency parser of a pipeline."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser
        tok2vec, lower, upper = parser.model.layers
        self._narrow = tok2vec.layers[-1]
        weights, pad, bias = lower.get_param("W"), lower.get_param("pad")[0], lower.get_param("b")
        self._features, width, pieces, inputs = weights.shape
        if pieces != 2 or parser.model.attrs["unseen_classes"]:
            raise ValueError("the parser of the language model is of a kind that this code does not read")
        # Both pieces of the hidden layer side by side, for each feature.
        self._lower: Floats = np.ascontiguousarray(weights.transpose(3, 0, 2, 1).reshape(inputs, -1))
        self._absent: Floats = pad.transpose(0, 2, 1).reshape(self._features, pieces * width)
        self._bias: Floats = np.ascontiguousarray(bias.T.reshape(-1))
        self._upper: Floats = np.ascontiguousarray(upper.get_param("W").T)
        self._upper_bias: Floats = upper.get_param("b")
        # All that spaCy's reading of features asks of a model.
        self._step = SimpleNamespace(state2vec=SimpleNamespace(nF=self._features))

    def parse(self, docs: list[Doc], vectors: Floats) -> None:
        """Sets heads and dependencies of sentences, given the vectors (tokens, width) of all their tokens."""
        states = self._parser.moves.init_batch(docs)
        table = self._table(self._narrow.predict(vectors))
        places = np.arange(self._features) + self._features  # of a token's features in the table, which begins at -1
        unfinished = [state for state in states if not state.is_final()]
        while unfinished:
            tokens = ParserStepModel.get_token_ids(self._step, unfinished)
            tokens *= self._features
            tokens += places
            hidden = np.add.reduce(table.take(tokens, axis=0), axis=1)
            half = hidden.shape[1] // 2
            scores = np.maximum(hidden[:, :half], hidden[:, half:]) @ self._upper
            scores += self._upper_bias
            unfinished = self._parser.transition_states(unfinished, scores)
        self._parser.set_annotations(docs, states)

    def _table(self, vectors: Floats) -> Floats:
        """What each token adds to the hidden layer in each place, after a first row for the absent token.

        The bias is counted in with the first place, which every state has.
        """
        table = np.empty((len(vectors) + 1, self._lower.shape[1]), dtype=np.float32)
        table[0] = self._absent.reshape(-1)
        np.matmul(vectors, self._lower, out=table[1:])
        table[:, : len(self._bias)] += self._bias
        return table.reshape(-1, len(self._bias))
