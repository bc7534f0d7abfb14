"""The forward pass of the transformer, in NumPy: BERT's encoder (Devlin et al. 2019) and what is read off its vectors.

Begun from MiniLM (Wang et al. 2020; `all-MiniLM-L6-v2`, Apache License 2.0), of whose six layers the first four are
kept, and trained on `corpus/` (see DEVELOPING.md). One thread does it; matrix products take nearly all of the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.claims.transformer.packing import Codes, Floats, Scales, unpacked

Numbers = NDArray[np.int64]

_WEIGHTS = "weights.npz"
_HEADS = 12
_EPSILON = 1e-12  # of BERT's layer norm


@dataclass(frozen=True, slots=True)
class Dense:
    """`x @ weight + bias`: weight is inputs by outputs."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        """Rows of inputs to rows of outputs."""
        product = np.asarray(x @ self.weight, dtype=np.float32)
        product += self.bias
        return product


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation over the last axis."""

    scale: Floats
    shift: Floats

    def __call__(self, x: Floats) -> Floats:
        """Each row with mean 0 and variance 1, then scaled and shifted (Ba et al. 2016)."""
        centred = np.asarray(x - x.mean(axis=-1, keepdims=True), dtype=np.float32)
        variance = np.einsum("ij,ij->i", centred, centred)[:, None] / np.float32(x.shape[-1])
        centred /= np.sqrt(variance + np.float32(_EPSILON))
        centred *= self.scale
        centred += self.shift
        return centred


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: self-attention and a feed-forward part, each added to what came in and normalised."""

    queries: Dense
    keys_values: Dense
    out: Dense
    attended: Norm
    up: Dense
    down: Dense
    fed: Norm

    def __call__(self, x: Floats, texts: Sequence[slice], wanted: Sequence[Numbers] | None = None) -> Floats:
        """The vectors (tokens by width) of all tokens, or of those `wanted` of each text, one text after another.

        Args:
            x: the vectors of the layer before.
            texts: the rows of each text.
            wanted: the places in each text of the tokens whose vectors are used.
        """
        if wanted is None:
            asking, told = texts, x
        else:
            asking = slices([len(places) for places in wanted])
            told = x[np.concatenate([text.start + places for text, places in zip(texts, wanted, strict=True)])]
        told = self.attended(told + self.out(self._attention(told, asking, x, texts)))
        return self.fed(told + self.down(gelu(self.up(told))))

    def _attention(self, told: Floats, asking: Sequence[slice], x: Floats, texts: Sequence[slice]) -> Floats:
        """What the rows `asking` of each text take from all rows of the text, text by text: none is padded."""
        width = x.shape[1]
        queries = self.queries(told).reshape(len(told), _HEADS, -1).transpose(1, 0, 2)
        queries *= np.float32((width // _HEADS) ** -0.5)
        keys, values = self.keys_values(x).reshape(len(x), 2, _HEADS, -1).transpose(1, 2, 0, 3)
        mixed = np.empty(queries.shape[1:2] + queries.shape[:1] + queries.shape[2:], dtype=np.float32)
        for own, text in zip(asking, texts, strict=True):
            scores = queries[:, own] @ keys[:, text].transpose(0, 2, 1)
            scores -= scores.max(axis=-1, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(axis=-1, keepdims=True)
            mixed[own] = (scores @ values[:, text]).transpose(1, 0, 2)
        return mixed.reshape(len(told), width)


def slices(lengths: Sequence[int]) -> list[slice]:
    """Where pieces of these lengths lie, one after another."""
    ends = list(accumulate(lengths, initial=0))
    return [slice(start, end) for start, end in pairwise(ends)]


def gelu(x: Floats) -> Floats:
    """The Gaussian error linear unit by its tanh approximation (Hendrycks and Gimpel 2016)."""
    inner = x * x
    inner *= np.float32(0.044715)
    inner += np.float32(1)
    inner *= x
    inner *= np.float32(-2 * 0.7978845608028654)  # x * (1 + tanh(u)) / 2 is x / (1 + exp(-2u))
    np.minimum(inner, np.float32(80), out=inner)  # beyond it exp overflows, and the unit is zero
    np.exp(inner, out=inner)
    inner += np.float32(1)
    np.divide(x, inner, out=inner)
    return inner


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """The encoder, and the layers that read measure, status, scope, claimant and contradictions off its vectors."""

    words: tuple[Codes, Scales]
    positions: Floats
    types: Floats
    embedded: Norm
    layers: tuple[Layer, ...]
    figure: Dense
    answers: Mapping[str, Dense]
    pair: Dense
    pair_score: Dense
    absent: Floats
    both: Dense
    both_score: Dense
    classes: Mapping[str, tuple[str, ...]]

    def encode(
        self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]], wanted: Sequence[Sequence[int]]
    ) -> list[Floats]:
        """For each text the vectors of the tokens at the places `wanted` of it: places by width."""
        lengths = [len(row) for row in ids]
        texts, places = slices(lengths), [np.array(row, dtype=np.int64) for row in wanted]
        numbers, kinds = np.concatenate(ids), np.concatenate(types)
        x = unpacked(self.words[0][numbers], self.words[1][numbers])
        x += self.types[kinds]
        x += self.positions[np.concatenate([np.arange(length) for length in lengths])]
        x = self.embedded(x)
        for layer in self.layers[:-1]:
            x = layer(x, texts)
        return np.split(self.layers[-1](x, texts, places), np.cumsum([len(row) for row in places])[:-1])

    def answer(self, figure: Floats, head: Floats) -> dict[str, Floats]:
        """The logarithm of the probability of each class of `measure`, `status` and `scope`, for one figure or more.

        Args:
            figure: the vectors of the figures' first tokens.
            head: those of the nouns that they count.
        """
        read = gelu(self.figure(np.concatenate([figure, head], axis=1)))
        return {name: log_softmax(dense(read)) for name, dense in self.answers.items()}

    def choose(self, figure: Floats, mentions: Sequence[Floats | None], outlet: int) -> Floats:
        """The logarithm of the probability that each mention is a figure's claimant; None stands for one out of sight,
        and that at the place `outlet` for the outlet itself."""
        rows = [
            vector if vector is not None else self.absent[0 if place == outlet else 1]
            for place, vector in enumerate(mentions)
        ]
        pairs = np.concatenate([np.tile(figure, (len(rows), 1)), np.stack(rows)], axis=1)
        return log_softmax(self.pair_score(gelu(self.pair(pairs)))[:, 0])

    def contradict(self, pairs: Floats) -> Floats:
        """The probability that two figures cannot both be true, for rows of the vectors of the first figure, its noun,
        the second figure and its noun."""
        sums = self.both_score(gelu(self.both(pairs)))[:, 0]
        return np.asarray(1 / (1 + np.exp(-sums)), dtype=np.float32)


def log_softmax(sums: Floats) -> Floats:
    """The logarithm of softmax over the last axis."""
    apart = sums - sums.max(axis=-1, keepdims=True)
    return np.asarray(apart - np.log(np.exp(apart).sum(axis=-1, keepdims=True)), dtype=np.float32)


def load(file: Path) -> Network:
    """The network of a file that `python -m training.transformer` wrote."""
    with np.load(file, allow_pickle=False) as arrays:
        return _network(arrays)


def _network(arrays: Mapping[str, NDArray[Any]]) -> Network:
    def plain(name: str) -> Floats:
        return np.ascontiguousarray(arrays[name], dtype=np.float32)

    def matrix(name: str) -> Floats:
        return unpacked(arrays[f"{name}.codes"], arrays[f"{name}.scales"])

    def dense(*names: str) -> Dense:
        stacked = np.concatenate([matrix(f"{name}.weight") for name in names])
        return Dense(np.ascontiguousarray(stacked.T), np.concatenate([plain(f"{name}.bias") for name in names]))

    def head(name: str) -> Dense:
        return Dense(np.ascontiguousarray(plain(f"{name}.weight").T), plain(f"{name}.bias"))

    def norm(name: str) -> Norm:
        return Norm(plain(f"{name}.weight"), plain(f"{name}.bias"))

    depth = sum(name.endswith(".up.bias") for name in arrays)
    layers = tuple(
        Layer(
            dense(f"{k}.query"),
            dense(f"{k}.key", f"{k}.value"),
            dense(f"{k}.out"),
            norm(f"{k}.attended"),
            dense(f"{k}.up"),
            dense(f"{k}.down"),
            norm(f"{k}.fed"),
        )
        for k in range(depth)
    )
    names = ("measure", "status", "scope")
    return Network(
        words=(arrays["words.codes"], arrays["words.scales"]),
        positions=plain("positions"),
        types=plain("types"),
        embedded=norm("embedded"),
        layers=layers,
        figure=head("figure"),
        answers={name: head(name) for name in names},
        pair=head("pair"),
        pair_score=head("pair_score"),
        absent=plain("absent"),
        both=head("both"),
        both_score=head("both_score"),
        classes={name: tuple(bytes(arrays[f"{name}.classes"]).decode().split("\n")) for name in names},
    )


@cache
def shipped() -> Network:
    """The network that ships with the program, read once."""
    with as_file(files(__package__).joinpath(_WEIGHTS)) as file:
        return load(file)
