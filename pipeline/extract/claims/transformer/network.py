"""The forward pass of the transformer: BERT's encoder (Devlin et al. 2019) and what is read off its vectors.

There are two encoders, one that reads figures and one that compares two of them: trained further on what figures mean,
one for both is better at that and states more false contradictions. They read different windows, so that two cost no
more time than one. Both were begun from MiniLM (Wang et al. 2020; `all-MiniLM-L6-v2`, Apache License 2.0), of whose six
layers the first four are kept, and trained on `corpus/` (see DEVELOPING.md). The layers take nearly all of the time:
onnxruntime runs them, with weights of eight bits (`training/layers.py`); what comes before and after them is done in
NumPy.
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

WEIGHTS = "weights.npz"
# The encoders.
FIGURES, PAIRS = "figures", "pairs"
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
class Encoder:
    """From the pieces of a text to vectors that tell what each means in it."""

    words: tuple[Codes, Scales]
    positions: Floats
    types: Floats
    layers: InferenceSession

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


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """The encoders, and the layers that read measure, status, scope, claimant and contradictions off their vectors."""

    figures: Encoder
    figure: Dense
    answers: Mapping[str, Dense]
    pair: Dense
    pair_score: Dense
    absent: Floats
    classes: Mapping[str, tuple[str, ...]]
    pairs: Encoder
    both: Dense
    both_score: Dense

    def answer(self, figure: Floats, head: Floats) -> dict[str, Floats]:
        """The logarithm of the probability of each class of `measure`, `status` and `scope`, for one figure or more.

        Args:
            figure: the vectors, by the encoder of figures, of the figures' first tokens.
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
        """The probability that two figures cannot both be true, for rows of the vectors, by the encoder of pairs, of
        the first figure, its noun, the second figure and its noun."""
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


def save(arrays: Mapping[str, NDArray[Any]], layers: Mapping[str, bytes], folder: Path) -> None:
    """Writes what `load` reads: the arrays of words and heads, and the graphs of the layers of the encoders (FIGURES
    and PAIRS; one that is not given stays as it was)."""
    with folder.joinpath(WEIGHTS).open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    for name, graph in layers.items():
        folder.joinpath(f"{name}.onnx").write_bytes(graph)


def load(folder: Traversable) -> Network:
    """The network of the files that `save` wrote into a folder."""
    layers = {name: session(folder.joinpath(f"{name}.onnx").read_bytes()) for name in (FIGURES, PAIRS)}
    with folder.joinpath(WEIGHTS).open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return _network(arrays, layers)


def _network(arrays: Mapping[str, NDArray[Any]], layers: Mapping[str, InferenceSession]) -> Network:
    def plain(name: str) -> Floats:
        return np.ascontiguousarray(arrays[name], dtype=np.float32)

    def head(name: str) -> Dense:
        return Dense(np.ascontiguousarray(plain(f"{name}.weight").T), plain(f"{name}.bias"))

    words, positions = (arrays["words.codes"], arrays["words.scales"]), plain("positions")
    encoders = {name: Encoder(words, positions, plain(f"{name}.types"), layers[name]) for name in layers}
    names = ("measure", "status", "scope")
    return Network(
        figures=encoders[FIGURES],
        figure=head("figure"),
        answers={name: head(name) for name in names},
        pair=head("pair"),
        pair_score=head("pair_score"),
        absent=plain("absent"),
        classes={name: tuple(bytes(arrays[f"{name}.classes"]).decode().split("\n")) for name in names},
        pairs=encoders[PAIRS],
        both=head("both"),
        both_score=head("both_score"),
    )


@cache
def shipped() -> Network:
    """The network that ships with the program, read once."""
    return load(files(__package__))
