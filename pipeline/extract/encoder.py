"""spaCy's convolutional encoder of tokens (`Tok2Vec`), its forward pass written out in NumPy.

The vector of a token starts from its form alone: hashed embeddings of its norm, prefix, suffix and shape, mixed by one
maxout layer. Four more layers then read each token with its two neighbours. thinc computes the same through a tree of
small layers that allocate, pad and keep what training would need; here a layer is one product of matrices and some
steps in place, over many sentences at once, and what depends on a form alone is worked out once for the form:
its vector, and what it adds to the first of the four layers as left neighbour, as the token itself, as right neighbour.

Architecture: https://spacy.io/api/architectures#MultiHashEmbed and #MaxoutWindowEncoder
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np

from pipeline.extract.memory import Numbers, Rows

Floats = np.ndarray[Any, np.dtype[np.float32]]

# What thinc adds to a variance before it divides by its root.
_LEAST_VARIANCE = np.float32(1e-08)
# Tokens encoded at once: some 2 MB of activations, which fit the cache of a core; with twice as many it takes longer.
_CHUNK = 640
# Forms whose part in the first layer is kept, some 7 MB: those met first are the commonest, four tokens of five.
_COMMON = 2_048


class Encoder:
    """One `Tok2Vec` model, and the word forms it has met, by number."""

    def __init__(self, tok2vec: Any) -> None:
        embed, encode = tok2vec.get_ref("embed"), tok2vec.get_ref("encode")
        extract, _, hashes, mix, _ = embed.layers
        self.attributes: list[str] = extract.attrs["columns"]
        self._hashes, self._mix = hashes.layers[0], mix.layers[0]
        layers = [_Layer(residual.layers[0]) for residual in encode.layers[0].layers]
        self._first, self._layers = _FirstLayer(layers[0]), layers[1:]
        self._pad: int = encode.attrs["pad"]  # rows of zeros between sentences: no sentence sees another
        self._vectors = np.empty((_COMMON, layers[0].width), dtype=np.float32)
        self._known = 0

    def learn(self, features: Rows) -> None:
        """Takes in more word forms, whose `attributes` are the columns of `features`; they get the next numbers."""
        new: Floats = self._mix.predict(self._hashes.predict(np.ascontiguousarray(features)))
        end = self._known + len(new)
        if end > len(self._vectors):
            grown = np.empty((max(end, 2 * len(self._vectors)), new.shape[1]), dtype=np.float32)
            grown[: self._known] = self._vectors[: self._known]
            self._vectors = grown
        self._vectors[self._known : end] = new
        self._first.learn(self._known, new)
        self._known = end

    def forget(self) -> None:
        """Drops all word forms; the next one gets the number 0."""
        self._known = 0

    def encode(self, forms: Numbers, lengths: Numbers) -> Floats:
        """The vectors (tokens, width) in context of sentences, given one after another.

        Args:
            forms: the number of the word form of each token.
            lengths: how many tokens each sentence has; none is 0.
        """
        found = np.empty((len(forms), self._vectors.shape[1]), dtype=np.float32)
        for chunk, start, end in _chunks(lengths):
            found[start:end] = self._encode(forms[start:end], chunk)
        return found

    def _encode(self, forms: Numbers, lengths: Numbers) -> Floats:
        tokens = np.arange(len(forms)) + self._pad * (1 + np.repeat(np.arange(len(lengths)), lengths))
        rows = np.zeros((len(forms) + self._pad * (1 + len(lengths)), self._vectors.shape[1]), dtype=np.float32)
        rows[tokens] = self._vectors[forms]
        first, *later = _needed(tokens, len(rows), 1 + len(self._layers))
        rows[first] += self._first.output(forms, self._vectors, tokens, first, len(rows))
        for layer, needed in zip(self._layers, later, strict=True):
            rows[needed] += layer.output(rows, needed)
        return cast(Floats, rows[tokens])


class _Layer:
    """A maxout layer over a row and the rows beside it, normalised."""

    def __init__(self, window: Any) -> None:
        named = {node.name: node for node in window.walk()}
        maxout, norm = named["maxout"], named["layernorm"]
        weights, bias = maxout.get_param("W"), maxout.get_param("b")
        self.width: int
        self.width, self._pieces, inputs = weights.shape
        # From (width, pieces, inputs): a column for each output of the first piece, then of the second, ...
        self.weights: Floats = np.ascontiguousarray(weights.transpose(2, 1, 0).reshape(inputs, -1))
        self.bias: Floats = np.ascontiguousarray(bias.T.reshape(-1))
        self._scale, self._shift = norm.get_param("G"), norm.get_param("b")

    def output(self, rows: Floats, needed: Numbers) -> Floats:
        """What the layer gives for the `needed` ones of the rows."""
        windows = rows.take((needed[:, None] + (-1, 0, 1)).ravel(), axis=0).reshape(len(needed), -1)
        pieces: Floats = windows @ self.weights
        pieces += self.bias
        return self.normalised(pieces)

    def normalised(self, pieces: Floats) -> Floats:
        """The largest piece of each output, the outputs of a row brought to mean 0 and variance 1, then scaled."""
        best = pieces[:, : self.width]
        for piece in range(1, self._pieces):
            np.maximum(best, pieces[:, piece * self.width : (piece + 1) * self.width], out=best)
        found: Floats = best - best.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", found, found) / np.float32(self.width) + _LEAST_VARIANCE
        found *= (1 / np.sqrt(variance))[:, None]
        found *= self._scale
        found += self._shift
        return found


class _FirstLayer:
    """The first layer, whose inputs are forms: what each adds to its pieces in each place of a window is a row of a
    table. The absent form of the rows between sentences comes first, then the common ones, then others in passing."""

    def __init__(self, layer: _Layer) -> None:
        self._layer = layer
        self._parts = layer.weights.reshape(3, layer.width, -1)
        self._table = np.zeros((1 + _COMMON + _CHUNK, 3, self._parts.shape[2]), dtype=np.float32)
        self._table[0, 1] = layer.bias

    def learn(self, first: int, vectors: Floats) -> None:
        """Takes in word forms, the first of them with the number `first`."""
        self._add(1 + first, vectors[: max(0, _COMMON - first)])

    def _add(self, at: int, vectors: Floats) -> None:
        for place, part in enumerate(self._parts):
            np.matmul(vectors, part, out=self._table[at : at + len(vectors), place])
        self._table[at : at + len(vectors), 1] += self._layer.bias

    def output(self, forms: Numbers, vectors: Floats, tokens: Numbers, needed: Numbers, rows: int) -> Floats:
        """What the layer gives for the `needed` ones of so many rows, of which `tokens` hold the `forms`."""
        held = np.zeros(rows, dtype=np.int64)
        held[tokens] = 1 + forms
        rare, numbers = np.unique(forms[forms >= _COMMON], return_inverse=True)
        if len(rare):
            if 1 + _COMMON + len(rare) > len(self._table):
                self._table = np.resize(self._table, (1 + _COMMON + len(rare), *self._table.shape[1:]))
            self._add(1 + _COMMON, vectors[rare])
            held[held > _COMMON] = 1 + _COMMON + numbers
        table = self._table.reshape(-1, self._table.shape[2])
        pieces: Floats = table.take(3 * held[needed - 1], axis=0)
        pieces += table.take(3 * held[needed] + 1, axis=0)
        pieces += table.take(3 * held[needed + 1] + 2, axis=0)
        return self._layer.normalised(pieces)


def _needed(tokens: Numbers, rows: int, layers: int) -> list[Numbers]:
    """For each layer the rows that a token's vector depends on: all within as many rows of one as layers follow."""
    near = np.zeros(rows, dtype=bool)
    near[tokens] = True
    needed = [tokens]
    for _ in range(layers - 1):
        near[1:-1] |= near[:-2] | near[2:]
        needed.append(np.flatnonzero(near))
    return needed[::-1]


def _chunks(lengths: Numbers) -> Iterator[tuple[Numbers, int, int]]:
    """Whole sentences of about `_CHUNK` tokens: their lengths, and where their tokens start and end."""
    ends = np.cumsum(lengths)
    first = start = 0
    while first < len(lengths):
        last = max(first + 1, int(np.searchsorted(ends, start + _CHUNK, side="right")))
        end = int(ends[last - 1])
        yield lengths[first:last], start, end
        first, start = last, end
