"""The forward pass of the transformer: BERT's encoder (Devlin et al. 2019) and what is read off its vectors.

Begun from MiniLM (Wang et al. 2020; `all-MiniLM-L6-v2`, Apache License 2.0), of whose six layers the first four are
kept, and trained on `corpus/` (see DEVELOPING.md). The layers take nearly all of the time: onnxruntime runs them, with
weights of eight bits (`training/layers.py`); what comes before and after them is done in NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions

from pipeline.extract.claims.transformer.packing import Codes, Floats, Scales, unpacked

_WEIGHTS, _LAYERS = "weights.npz", "layers.onnx"
# The inputs and the output of the layers' graph: the sums of a token's embeddings, the places of the tokens that are
# wanted, and their vectors.
VECTORS, WANTED, CHOSEN = "vectors", "wanted", "chosen"


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
    layers: InferenceSession
    figure: Dense
    answers: Mapping[str, Dense]
    pair: Dense
    pair_score: Dense
    absent: Floats
    both: Dense
    both_score: Dense
    classes: Mapping[str, tuple[str, ...]]

    def encode(self, ids: Sequence[int], types: Sequence[int], wanted: Sequence[int]) -> Floats:
        """The vectors (places by width) of the tokens of a text at the places `wanted`.

        Args:
            ids: the number of the piece that each token is.
            types: its type.
            wanted: places in the text.
        """
        chosen: Floats
        (chosen,) = self.layers.run(
            [CHOSEN], {VECTORS: self.embedded(ids, types), WANTED: np.array(wanted, dtype=np.int64)}
        )
        return chosen

    def embedded(self, ids: Sequence[int], types: Sequence[int]) -> Floats:
        """What the layers read of a text: for each token the sum of what its piece, type and place stand for."""
        vectors = unpacked(self.words[0][list(ids)], self.words[1][list(ids)])
        vectors += self.types[list(types)]
        vectors += self.positions[: len(ids)]
        return vectors

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


def session(layers: bytes) -> InferenceSession:
    """The layers of an ONNX graph, to be run in one thread: processes are what Wireroom has many of."""
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return InferenceSession(layers, options, providers=["CPUExecutionProvider"])


def save(arrays: Mapping[str, NDArray[Any]], layers: bytes, folder: Path) -> None:
    """Writes what `load` reads: the arrays of words and heads, and the graph of the layers."""
    with folder.joinpath(_WEIGHTS).open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    folder.joinpath(_LAYERS).write_bytes(layers)


def load(folder: Traversable) -> Network:
    """The network of the two files that `save` wrote into a folder."""
    with folder.joinpath(_WEIGHTS).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return _network(arrays, session(folder.joinpath(_LAYERS).read_bytes()))


def _network(arrays: Mapping[str, NDArray[Any]], layers: InferenceSession) -> Network:
    def plain(name: str) -> Floats:
        return np.ascontiguousarray(arrays[name], dtype=np.float32)

    def head(name: str) -> Dense:
        return Dense(np.ascontiguousarray(plain(f"{name}.weight").T), plain(f"{name}.bias"))

    names = ("measure", "status", "scope")
    return Network(
        words=(arrays["words.codes"], arrays["words.scales"]),
        positions=plain("positions"),
        types=plain("types"),
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
    return load(files(__package__))
