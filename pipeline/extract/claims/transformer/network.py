"""The forward pass of the transformer, in NumPy: BERT's encoder (Devlin et al. 2019) and what is read off its vectors.

Begun from MiniLM (Wang et al. 2020; `all-MiniLM-L6-v2`, Apache License 2.0), of whose six layers the first four are
kept, and trained on `corpus/` (see DEVELOPING.md). One thread does it; matrix products take nearly all of the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.extract.claims.transformer.packing import Codes, Floats, Scales, unpacked

Numbers = NDArray[np.int64]

_WEIGHTS = "weights.npz"
_HEADS = 12
_EPSILON = 1e-12  # of BERT's layer norm
_MASKED = np.float32(-1e4)


@dataclass(frozen=True, slots=True)
class Dense:
    """`x @ weight + bias`: weight is inputs by outputs."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        product = np.asarray(x @ self.weight, dtype=np.float32)
        product += self.bias
        return product


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation over the last axis."""

    scale: Floats
    shift: Floats

    def __call__(self, x: Floats) -> Floats:
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

    def __call__(self, x: Floats, mask: Floats, wanted: Numbers | None = None) -> Floats:
        """The vectors of all tokens (texts by tokens by width), or of those `wanted` (texts by places) of each text.

        Args:
            x: the vectors of the layer before.
            mask: what is added to the scores of each text's tokens.
            wanted: the places of the tokens whose vectors are used.
        """
        told = x if wanted is None else np.take_along_axis(x, wanted[..., None], axis=1)
        flat = np.ascontiguousarray(told).reshape(-1, x.shape[2])
        flat = self.attended(flat + self.out(self._attention(flat, x, mask)))
        return self.fed(flat + self.down(gelu(self.up(flat)))).reshape(told.shape)

    def _attention(self, asking: Floats, x: Floats, mask: Floats) -> Floats:
        texts, tokens, width = x.shape
        each = width // _HEADS
        keys_values = self.keys_values(x.reshape(-1, width)).reshape(texts, tokens, 2, _HEADS, each)
        queries = self.queries(asking).reshape(texts, -1, _HEADS, each).transpose(0, 2, 1, 3)
        keys, values = keys_values.transpose(2, 0, 3, 1, 4)
        scores = queries @ keys.transpose(0, 1, 3, 2)
        scores *= np.float32(each**-0.5)
        scores += mask
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed = scores @ values
        return np.ascontiguousarray(mixed.transpose(0, 2, 1, 3)).reshape(-1, width)


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


@dataclass(frozen=True, slots=True)
class Network:
    """The encoder, and the layers that read measure, status, scope and claimant off its vectors."""

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
    classes: Mapping[str, tuple[str, ...]]

    def encode(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]], wanted: Numbers) -> Floats:
        """The vectors of the tokens at the places `wanted` (texts by places) of each text: texts by places by width."""
        lengths = np.array([len(row) for row in ids])
        texts, tokens = len(ids), int(lengths.max())
        numbers, kinds = np.zeros((2, texts, tokens), dtype=np.int64)
        for row, (own, own_types) in enumerate(zip(ids, types, strict=True)):
            numbers[row, : len(own)], kinds[row, : len(own)] = own, own_types
        flat = numbers.reshape(-1)
        x = unpacked(self.words[0][flat], self.words[1][flat])
        x += self.types[kinds.reshape(-1)]
        x += np.tile(self.positions[:tokens], (texts, 1))
        x = self.embedded(x).reshape(texts, tokens, -1)
        mask = np.where(np.arange(tokens) < lengths[:, None], np.float32(0), _MASKED)[:, None, None, :]
        for layer in self.layers[:-1]:
            x = layer(x, mask)
        return self.layers[-1](x, mask, wanted)

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
        classes={name: tuple(bytes(arrays[f"{name}.classes"]).decode().split("\n")) for name in names},
    )


@cache
def shipped() -> Network:
    """The network that ships with the program, read once."""
    with as_file(files(__package__).joinpath(_WEIGHTS)) as file:
        return load(file)
