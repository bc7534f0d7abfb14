"""The transformer's weights: what is written for one encoder is read again, and the other stays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.extract.claims.transformer import network
from pipeline.extract.claims.transformer.network import FIGURES, PAIRS
from pipeline.extract.claims.transformer.windows import Window
from training import weights
from training.layers import Floats

_WIDTH, _INNER, _READ, _PAIR = 384, 1536, 32, 16
_WORDS, _POSITIONS = 60, 192
_EMBEDDINGS = "encoder.embeddings"
_WINDOWS = [Window(ids=list(range(start, start + 20)), types=[1] * 20, offsets=[None] * 20) for start in (0, 20, 40)]


def _values(seed: int) -> dict[str, Floats]:
    """Random weights by their names in PyTorch, those of dense layers outputs by inputs; words and positions, which no
    training changes, are those of all seeds."""
    fixed, random = np.random.default_rng(0), np.random.default_rng(seed)

    def drawn(*shape: int, random: np.random.Generator = random) -> Floats:
        return random.normal(scale=shape[-1] ** -0.5, size=shape).astype(np.float32)

    embedded = {"word_embeddings": _WORDS, "position_embeddings": _POSITIONS}
    found = {f"{_EMBEDDINGS}.{part}.weight": drawn(rows, _WIDTH, random=fixed) for part, rows in embedded.items()}
    found[f"{_EMBEDDINGS}.token_type_embeddings.weight"] = drawn(3, _WIDTH)
    dense = {"figure": (_READ, 2 * _WIDTH), "pair": (_PAIR, 2 * _WIDTH), "pair_score": (1, _PAIR)}
    dense |= {"both": (_PAIR, 4 * _WIDTH), "both_score": (1, _PAIR)}
    dense |= {f"answers.{name}": (len(classes), _READ) for name, classes in weights.CLASSES.items()}
    norms = [f"{_EMBEDDINGS}.LayerNorm"]
    for number in range(weights.LAYERS):
        layer = f"encoder.encoder.layer.{number}"
        square = [f"attention.self.{part}" for part in ("query", "key", "value")] + ["attention.output.dense"]
        dense |= {f"{layer}.{part}": (_WIDTH, _WIDTH) for part in square}
        dense |= {f"{layer}.intermediate.dense": (_INNER, _WIDTH), f"{layer}.output.dense": (_WIDTH, _INNER)}
        norms += [f"{layer}.attention.output.LayerNorm", f"{layer}.output.LayerNorm"]
    found |= {f"{name}.weight": drawn(*shape) for name, shape in dense.items()}
    found |= {f"{name}.bias": drawn(shape[0]) for name, shape in dense.items()}
    for name in norms:
        found |= {f"{name}.weight": 1 + drawn(_WIDTH), f"{name}.bias": drawn(_WIDTH)}
    return found | {"absent": drawn(2, _WIDTH)}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the encoders of two sets of weights stand."""
    folder = tmp_path_factory.mktemp("weights")
    for encoder, seed in ((FIGURES, 1), (PAIRS, 2)):
        weights.save(encoder, _values(seed), _WINDOWS, folder)
    return folder


def test_the_encoder_of_figures_is_read_as_it_was_written_but_for_rounding(written: Path) -> None:
    values, found = _values(1), weights.figures(written)
    assert values.keys() - found.keys() == {
        f"{_EMBEDDINGS}.word_embeddings.weight",
        *(f"{part}.{kind}" for part in ("both", "both_score") for kind in ("weight", "bias")),
    }
    for name, value in found.items():
        own = values[name]
        if "intermediate" in name or (name.endswith("output.dense.weight") and "attention" not in name):
            # The channels between the two matrices have been put in another order.
            value, own = (np.sort(matrix.ravel()) for matrix in (value, own))
        assert value.shape == own.shape
        assert np.abs(value - own).max() <= 0.05 * np.abs(own).max(), name


def test_what_was_read_again_is_the_same_encoder(written: Path, tmp_path: Path) -> None:
    again = _values(1) | weights.figures(written)
    for encoder in (FIGURES, PAIRS):
        weights.save(encoder, again, _WINDOWS, tmp_path)
    one, other = (network.load(folder).figures.encode(range(20), [1] * 20, range(20)) for folder in (written, tmp_path))
    likeness = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    assert likeness.min() > 0.998


def test_the_other_encoder_stays_as_it_was(written: Path, tmp_path: Path) -> None:
    for encoder, seed in ((FIGURES, 1), (PAIRS, 2), (FIGURES, 3)):
        weights.save(encoder, _values(seed), _WINDOWS, tmp_path)
    before, after = network.load(written), network.load(tmp_path)
    seen = (range(20), [1] * 20, range(20))
    assert not np.array_equal(before.figures.types, after.figures.types)
    np.testing.assert_array_equal(before.pairs.types, after.pairs.types)
    np.testing.assert_array_equal(before.both.weight, after.both.weight)
    assert (written / f"{PAIRS}.onnx").read_bytes() == (tmp_path / f"{PAIRS}.onnx").read_bytes()
    assert not np.array_equal(before.figures.encode(*seen), after.figures.encode(*seen))
