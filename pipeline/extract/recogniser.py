"""spaCy's entity recogniser, all sentences at once: its transition system read as what it decides for each token.

The recogniser walks through a sentence and for each token takes the best of the actions that may be taken: begin an
entity, take the token for a whole one, leave it outside; within an entity, go on or end it here. What it sees is the
token at hand and, within an entity, the entity's first token and the one before. Outside an entity it therefore decides
by the token alone, so that all tokens are decided together; those that would begin an entity are then followed to its
end, all side by side; and only the walk that picks which of these entities are met goes from token to token.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np

from pipeline.extract.encoder import Encoder, Floats
from pipeline.extract.memory import Numbers, Rows

# What `ENT_IOB` says of a token: within an entity, outside, at its beginning.
INSIDE, OUTSIDE, BEGINNING = 1, 2, 3

Flags = np.ndarray[Any, np.dtype[np.bool_]]


class Recogniser:
    """The entity recogniser `ner` of a pipeline, without its Doc objects."""

    def __init__(self, ner: Any) -> None:
        model = ner.model
        tok2vec, lower, upper = model.layers
        encoder, _, self._narrow = tok2vec.layers
        self.encoder = Encoder(encoder)
        weights, pad, bias = lower.get_param("W"), lower.get_param("pad")[0], lower.get_param("b")
        features, width, pieces, inputs = weights.shape
        moves = [ner.moves.get_class_name(number) for number in range(ner.moves.n_moves)]
        if features != 3 or pieces != 2 or model.attrs["unseen_classes"] or len(moves) != len(upper.get_param("b")):
            raise ValueError("the entity recogniser of the language model is of a kind that this code does not read")
        # For each feature (token at hand, first of the entity, token before) from inputs to both pieces.
        at_hand, first, before = weights.transpose(0, 3, 2, 1).reshape(features, inputs, pieces * width)
        self._at_hand, self._first, self._before = map(np.ascontiguousarray, (at_hand, first, before))
        pad, self._bias = pad.transpose(0, 2, 1).reshape(features, -1), bias.T.reshape(-1)
        self._no_entity: Floats = pad[1] + pad[2] + self._bias
        weights, bias = upper.get_param("W"), upper.get_param("b")
        strings = ner.vocab.strings
        free = [number for number, move in enumerate(moves) if move == "O" or (move[0] in "BU" and move[2:])]
        self._free_weights: Floats = np.ascontiguousarray(weights[free].T)
        self._free_bias: Floats = bias[free]
        self._free_label = np.array([strings[moves[number][2:]] if moves[number] != "O" else 0 for number in free])
        self._free_begins = np.array([moves[number][0] == "B" for number in free])
        self._free_out = np.array([moves[number] == "O" for number in free])
        # For each free action that begins an entity: the scores of going on with one of its label and of ending it.
        number_of = {move: number for number, move in enumerate(moves)}
        self._within = np.array(
            [[number_of.get(f"{kind}-{moves[number][2:]}", 0) for kind in "IL"] for number in free], dtype=np.int64
        )
        self._weights, self._weights_bias = weights, bias

    def recognise(self, vectors: Floats, lengths: Numbers, spaces: Flags) -> tuple[Rows, Rows]:
        """`ENT_IOB` and `ENT_TYPE` of the tokens of sentences, one sentence after another.

        Args:
            vectors: what the `encoder` gives for the sentences.
            lengths: how many tokens each sentence has; none is 0.
            spaces: whether each token is white space, on which no entity may begin.
        """
        vectors = self._narrow.predict(vectors)
        at_hand: Floats = vectors @ self._at_hand
        scores = _best_piece(at_hand + self._no_entity) @ self._free_weights
        scores += self._free_bias
        last = np.zeros(len(vectors), dtype=bool)
        last[np.cumsum(lengths) - 1] = True
        scores[np.ix_(last, self._free_begins)] = -np.inf
        scores[np.ix_(spaces, ~self._free_out)] = -np.inf
        best = scores.argmax(axis=1)
        starts = np.flatnonzero(~self._free_out[best])
        ends = self._ends(vectors, at_hand, last, starts, best[starts])
        iob = np.full(len(vectors), OUTSIDE, dtype=np.uint64)
        types = np.zeros(len(vectors), dtype=np.uint64)
        free = 0
        for start, end, label in zip(
            starts.tolist(), ends.tolist(), self._free_label[best[starts]].tolist(), strict=True
        ):
            if start >= free:
                iob[start:end] = INSIDE
                iob[start] = BEGINNING
                types[start:end] = label
                free = end
        return iob, types

    def _ends(self, vectors: Floats, at_hand: Floats, last: Flags, starts: Numbers, actions: Numbers) -> Numbers:
        """Where the entity ends that each of the actions at `starts` begins."""
        ends = starts + 1
        going = np.flatnonzero(self._free_begins[actions])
        first = vectors[starts[going]] @ self._first + self._bias
        while len(going):
            here = ends[going]
            hidden = _best_piece(at_hand[here] + first + vectors[here - 1] @ self._before)
            columns = self._within[actions[going]]
            scores = np.einsum("ni,nki->nk", hidden, self._weights[columns]) + self._weights_bias[columns]
            ends[going] += 1
            goes_on = (scores[:, 0] >= scores[:, 1]) & ~last[here]
            going, first = going[goes_on], first[goes_on]
        return ends


def _best_piece(hidden: Floats) -> Floats:
    half = hidden.shape[1] // 2
    return cast(Floats, np.maximum(hidden[:, :half], hidden[:, half:]))
