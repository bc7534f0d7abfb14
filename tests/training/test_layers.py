"""The transformer's layers as a graph: against BERT's own formulas, and with eight bits against floats."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.extract.claims.transformer.network import CHOSEN, VECTORS, WANTED, gelu, session
from training.layers import Dense, Floats, Layer, Norm, floats, rounded

_WIDTH, _INNER, _HEADS = 384, 1536, 12
_RANDOM = np.random.default_rng(5)


def _dense(inputs: int, outputs: int) -> Dense:
    weight = _RANDOM.normal(scale=inputs**-0.5, size=(inputs, outputs)).astype(np.float32)
    return Dense(weight, _RANDOM.normal(scale=0.1, size=outputs).astype(np.float32))


def _norm() -> Norm:
    scale = _RANDOM.uniform(0.5, 1.5, _WIDTH)
    scale[7] = 12  # a channel far larger than others, as trained ones have
    return Norm(scale.astype(np.float32), _RANDOM.normal(scale=0.1, size=_WIDTH).astype(np.float32))


def _layer() -> Layer:
    square, both = _dense(_WIDTH, _WIDTH), _dense(_WIDTH, 2 * _WIDTH)
    up, down = _dense(_WIDTH, _INNER), _dense(_INNER, _WIDTH)
    return Layer(square, both, _dense(_WIDTH, _WIDTH), _norm(), up, down, _norm())


_EMBEDDED, _LAYERS = _norm(), [_layer(), _layer()]


def _texts(count: int) -> list[Floats]:
    return [_RANDOM.normal(size=(20, _WIDTH)).astype(np.float32) for _ in range(count)]


def _run(graph: bytes, text: Floats, wanted: list[int]) -> Floats:
    (found,) = session(graph).run([CHOSEN], {VECTORS: text, WANTED: np.array(wanted, dtype=np.int64)})
    return np.asarray(found)


def _normalised(x: Floats, norm: Norm) -> Floats:
    apart = x - x.mean(axis=1, keepdims=True)
    return np.asarray(apart / np.sqrt((apart**2).mean(axis=1, keepdims=True)) * norm.scale + norm.shift)


def _times(x: Floats, dense: Dense) -> Floats:
    return np.asarray(x @ dense.weight + dense.bias)


def _bert(x: Floats) -> Floats:
    """Devlin et al. 2019, head by head."""
    x = _normalised(x, _EMBEDDED)
    for layer in _LAYERS:
        queries, both = _times(x, layer.queries), _times(x, layer.keys_values)
        mixed = np.empty_like(x)
        for head in np.split(np.arange(_WIDTH), _HEADS):
            scores = queries[:, head] @ both[:, head].T / np.sqrt(len(head))
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            mixed[:, head] = shares / shares.sum(axis=1, keepdims=True) @ both[:, _WIDTH + head]
        x = _normalised(x + _times(mixed, layer.out), layer.attended)
        x = _normalised(x + _times(gelu(_times(x, layer.up)), layer.down), layer.fed)
    return x


def test_the_graph_is_berts_encoder() -> None:
    (text,) = _texts(1)
    np.testing.assert_allclose(_run(floats(_EMBEDDED, _LAYERS), text, [4, 17]), _bert(text)[[4, 17]], atol=2e-4)


def test_eight_bits_change_a_vector_little() -> None:
    (text,) = _texts(1)
    expected = _bert(text)
    found = _run(rounded(_EMBEDDED, _LAYERS, _texts(30)), text, list(range(len(text))))
    likeness = (expected * found).sum(axis=1) / np.linalg.norm(expected, axis=1) / np.linalg.norm(found, axis=1)
    assert likeness.min() > 0.998


def test_eight_bits_take_a_quarter_of_the_bytes() -> None:
    assert len(rounded(_EMBEDDED, _LAYERS, _texts(2))) < 0.27 * len(floats(_EMBEDDED, _LAYERS))


def test_a_graph_that_is_none_is_refused() -> None:
    with pytest.raises(Exception, match="INVALID_PROTOBUF"):
        session(b"no graph")
