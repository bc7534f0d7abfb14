"""The weights of the transformer: from those of PyTorch, by their names there, to the files that ship, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, get_args

import numpy as np

from pipeline.extract.claims.readings import NONE
from pipeline.extract.claims.transformer import network
from pipeline.extract.claims.transformer.network import FIGURES, PAIRS, WEIGHTS
from pipeline.extract.claims.transformer.packing import packed
from pipeline.extract.claims.transformer.windows import LONGEST_OF_BOTH, Window
from schemas.records import Measure, Scope, Status
from training.layers import Dense, Floats, Layer, Norm, floats, rounded, unrounded

FOLDER = Path(network.__file__).parent
CLASSES = {"measure": (NONE, *get_args(Measure)), "status": get_args(Status), "scope": get_args(Scope)}
# Of six layers: with four, a window takes two thirds of the time, and no less is right.
LAYERS = 4
_KINDS = ("weight", "bias")
_HEADS = {FIGURES: ("figure", "pair", "pair_score"), PAIRS: ("both", "both_score")}
_EMBEDDINGS = "encoder.embeddings"
_WORDS, _POSITIONS, _TYPES, _EMBEDDED = (
    f"{_EMBEDDINGS}.{part}"
    for part in ("word_embeddings.weight", "position_embeddings.weight", "token_type_embeddings.weight", "LayerNorm")
)


def save(encoder: str, values: Mapping[str, Floats], windows: Sequence[Window], folder: Path = FOLDER) -> None:
    """Writes an encoder and what reads off it where the program finds them: the layers as a graph of eight bits, the
    vectors of words packed, the rest as half floats. The other encoder stays as it was.

    Args:
        encoder: FIGURES or PAIRS.
        values: the weights by their names in PyTorch (`training.transformer.Reader`).
        windows: some hundred texts of the kinds that are read, for the ranges of activations.
        folder: where to.
    """
    own = {"positions": values[_POSITIONS][:LONGEST_OF_BOTH], f"{encoder}.types": values[_TYPES]}
    own |= {f"{part}.{kind}": values[f"{part}.{kind}"] for part in _HEADS[encoder] for kind in _KINDS}
    arrays = _arrays(folder)
    if encoder == FIGURES:
        own["absent"] = values["absent"]
        for name, classes in CLASSES.items():
            own |= {f"{name}.{kind}": values[f"answers.{name}.{kind}"] for kind in _KINDS}
            arrays[f"{name}.classes"] = np.frombuffer("\n".join(classes).encode(), dtype=np.uint8)
    arrays |= {name: array.astype(np.float16) for name, array in own.items()}
    words = packed(values[_WORDS])
    arrays["words.codes"], arrays["words.scales"] = words
    layers = [_layer(values, f"encoder.encoder.layer.{number}.") for number in range(LAYERS)]
    embedded = _norm(values, _EMBEDDED)
    reading = network.Encoder(
        words, own["positions"], own[f"{encoder}.types"], network.session(floats(embedded, layers))
    )
    graph = rounded(embedded, layers, [reading.embedded(each.ids, each.types) for each in windows])
    network.save(arrays, {encoder: graph}, folder)


def figures(folder: Traversable = FOLDER) -> dict[str, Floats]:
    """The weights of the encoder of figures, and of what reads off it, that `save` wrote, but for the vectors of words,
    which no training changes; the layers as near as eight bits tell them."""
    arrays = _arrays(folder)
    found = {f"{part}.{kind}": arrays[f"{part}.{kind}"] for part in _HEADS[FIGURES] for kind in _KINDS}
    found |= {f"answers.{name}.{kind}": arrays[f"{name}.{kind}"] for name in CLASSES for kind in _KINDS}
    found |= {"absent": arrays["absent"], _POSITIONS: arrays["positions"], _TYPES: arrays[f"{FIGURES}.types"]}
    embedded, layers = unrounded(folder.joinpath(f"{FIGURES}.onnx").read_bytes())
    found |= _of_norm(embedded, _EMBEDDED)
    for number, layer in enumerate(layers):
        found |= _of_layer(layer, f"encoder.encoder.layer.{number}.")
    return {name: np.asarray(value, dtype=np.float32) for name, value in found.items()}


def _arrays(folder: Traversable) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays that were written before; none yet, at the first time."""
    file = folder.joinpath(WEIGHTS)
    if not file.is_file():
        return {}
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
        return dict(arrays)


def _layer(values: Mapping[str, Floats], layer: str) -> Layer:
    """A layer as BERT's parts are called in transformers."""
    queries, keys, given = (_dense(values, f"{layer}attention.self.{part}") for part in ("query", "key", "value"))
    both = Dense(np.concatenate([keys.weight, given.weight], axis=1), np.concatenate([keys.bias, given.bias]))
    return Layer(
        queries,
        both,
        _dense(values, f"{layer}attention.output.dense"),
        _norm(values, f"{layer}attention.output.LayerNorm"),
        _dense(values, f"{layer}intermediate.dense"),
        _dense(values, f"{layer}output.dense"),
        _norm(values, f"{layer}output.LayerNorm"),
    )


def _of_layer(layer: Layer, name: str) -> dict[str, Floats]:
    """The other way round."""
    both = layer.keys_values
    (keys, given), (key_bias, given_bias) = np.split(both.weight, 2, axis=1), np.split(both.bias, 2)
    dense = {
        "attention.self.query": layer.queries,
        "attention.self.key": Dense(keys, key_bias),
        "attention.self.value": Dense(given, given_bias),
        "attention.output.dense": layer.out,
        "intermediate.dense": layer.up,
        "output.dense": layer.down,
    }
    found = {f"{name}{part}.weight": np.ascontiguousarray(one.weight.T) for part, one in dense.items()}
    found |= {f"{name}{part}.bias": one.bias for part, one in dense.items()}
    return (
        found
        | _of_norm(layer.attended, f"{name}attention.output.LayerNorm")
        | _of_norm(layer.fed, f"{name}output.LayerNorm")
    )


def _dense(values: Mapping[str, Floats], part: str) -> Dense:
    return Dense(np.ascontiguousarray(values[f"{part}.weight"].T), values[f"{part}.bias"])


def _norm(values: Mapping[str, Floats], part: str) -> Norm:
    return Norm(values[f"{part}.weight"], values[f"{part}.bias"])


def _of_norm(norm: Norm, part: str) -> dict[str, Floats]:
    return {f"{part}.weight": norm.scale, f"{part}.bias": norm.shift}
