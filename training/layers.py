"""The layers of the transformer as an ONNX graph whose weights have eight bits.

Both the weights and what they are multiplied with are whole numbers: a scale for each column of a matrix of weights,
and one for each matrix of activations, taken when it is met ("dynamic quantization" in
https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html). Processors multiply them three to four
times as fast as floats. Two things keep the answers what they are with floats: activations are divided by channel, and
the weights multiplied, so that no channel needs a much larger range than the others (SmoothQuant: Xiao et al. 2023);
and of the inputs of the second feed-forward matrix, the few channels that are larger still remain floats (LLM.int8:
Dettmers et al. 2022). An x86 processor without VNNI cuts off a sum of two products beyond 16 bits, one in ten thousand
here, a thousandth of a result; onnxruntime's way around it takes three times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from pipeline.extract.claims.transformer.network import CHOSEN, VECTORS, WANTED, session

Floats = NDArray[np.float32]
# What a matrix of weights is multiplied with: the inputs of attention, what attention gives, the inputs of the first
# feed-forward matrix and of the second. Queries are asked of some of the inputs of attention.
_PARTS, _ASKED = ("in", "out", "up", "down"), "asked"
# Products of a layer in the order of the graph: queries, keys and values, what attention gives, feed-forward's two.
_PRODUCTS = 5

_HEADS = 12
_EPSILON = 1e-12  # of BERT's layer norm
# How far ranges are moved from activations to weights, 0 to 1. With these the vectors differ least from those of floats
# (1 - cosine 0.0009; 0.008 with none): from 0.7 to 0.9, and for the second matrix from 0.5 to 0.8, little changes.
_SMOOTHED = {"in": 0.8, "out": 0.8, "up": 0.8, "down": 0.65}
# Channels of the second matrix's inputs that remain floats: with none, 1 - cosine is 0.0026; with 64, 0.0008.
_FLOAT_CHANNELS = 16
# Versions of the two sets of operators, and of the file's format, that onnxruntime 1.20 reads.
_OPERATORS, _CONTRIBUTED, _FORMAT = 20, 1, 9
_MICROSOFT = "com.microsoft"


@dataclass(frozen=True, slots=True)
class Dense:
    """`x @ weight + bias`: weight is inputs by outputs."""

    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation: what its outputs are multiplied with, and what is added."""

    scale: Floats
    shift: Floats


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of BERT's encoder; `keys_values` gives first the keys, then the values."""

    queries: Dense
    keys_values: Dense
    out: Dense
    attended: Norm
    up: Dense
    down: Dense
    fed: Norm


def rounded(embedded: Norm, layers: Sequence[Layer], windows: Iterable[Floats]) -> bytes:
    """The graph with weights of eight bits, for `pipeline.extract.claims.transformer.network`.

    Args:
        embedded: the normalisation before the layers.
        layers: their weights.
        windows: what the layers read, tokens by width, of some hundred texts: the ranges of activations are taken from
            them.
    """
    largest = _largest(floats(embedded, layers), windows)
    ordered = []
    for number, layer in enumerate(layers):  # the channels that remain floats come last
        order = np.argsort(largest[number, "down"], kind="stable")
        largest[number, "down"] = largest[number, "down"][order]
        up = Dense(layer.up.weight[:, order], layer.up.bias[order])
        ordered.append(replace(layer, up=up, down=replace(layer.down, weight=layer.down.weight[order])))
    factors = {
        (number, part): _factors(largest[number, part], weights, _SMOOTHED[part])
        for number, layer in enumerate(ordered)
        for part, weights in _weights(layer).items()
    }
    return _graph(embedded, ordered, partial(_rounded_product, factors=factors), [])


def floats(embedded: Norm, layers: Sequence[Layer]) -> bytes:
    """The graph with weights as they are; it also gives what each matrix of weights is multiplied with, as outputs
    named by layer and part ("0.in", "0.out", "0.up", "0.down", "1.in", ...)."""
    named = [f"{number}.{part}" for number in range(len(layers)) for part in _PARTS]
    return _graph(embedded, layers, _float_product, named)


def unrounded(graph: bytes) -> tuple[Norm, list[Layer]]:
    """What `rounded` was given, as near as eight bits tell it; the channels between the feed-forward matrices stand in
    the order of the graph."""
    model = onnx.load_from_string(graph).graph
    constants = {each.name: numpy_helper.to_array(each) for each in model.initializer}
    made = {output: node for node in model.node for output in node.output}
    kept = {
        node.input[0]: constants[node.input[1]]
        for node in model.node
        if node.op_type == "MatMul" and node.input[1] in constants
    }
    dense, norms = [], []
    for node in model.node:
        if node.op_type == "LayerNormalization":
            norms.append(Norm(constants[node.input[1]], constants[node.input[2]]))
        elif node.op_type == "MatMulIntegerToFloat":
            divided = made[made[node.input[0]].input[0]]
            weight = constants[node.input[1]] * constants[node.input[3]] * constants[divided.input[1]][:, None]
            split = made.get(divided.input[0])
            if split is not None and split.output[-1] in kept:
                weight = np.concatenate([weight, kept[split.output[-1]]])
            dense.append(Dense(np.asarray(weight, dtype=np.float32), constants[node.input[6]]))
    embedded, *norms = norms
    layers = []
    for number in range(len(dense) // _PRODUCTS):
        asked, both, out, up, down = dense[_PRODUCTS * number : _PRODUCTS * (number + 1)]
        root = np.float32((len(asked.bias) // _HEADS) ** 0.5)
        queries = Dense(asked.weight * root, asked.bias * root)
        layers.append(Layer(queries, both, out, norms[2 * number], up, down, norms[2 * number + 1]))
    return embedded, layers


def _weights(layer: Layer) -> dict[str, Floats]:
    """The weights that the inputs of each part are multiplied with."""
    both = np.concatenate([layer.queries.weight, layer.keys_values.weight], axis=1)
    return {"in": both, "out": layer.out.weight, "up": layer.up.weight, "down": layer.down.weight}


def _largest(graph: bytes, windows: Iterable[Floats]) -> dict[tuple[int, str], Floats]:
    """The largest absolute activation of each channel, by layer and part."""
    running = session(graph)
    named = [output.name for output in running.get_outputs() if output.name != CHOSEN]
    found: dict[str, Floats] = {}
    for window in windows:
        given = running.run(named, {VECTORS: window, WANTED: np.arange(len(window))})
        for name, activations in zip(named, given, strict=True):
            most = np.abs(activations).max(axis=0)
            found[name] = np.maximum(found[name], most) if name in found else most
    return {(int(name.partition(".")[0]), name.partition(".")[2]): most for name, most in found.items()}


def _factors(largest: Floats, weights: Floats, smoothed: float) -> Floats:
    """What each channel of the activations is divided by; their geometric mean is 1."""
    least = 1e-3  # a channel that is never used needs no range
    raised = smoothed * np.log(np.maximum(largest, least))
    raised -= (1 - smoothed) * np.log(np.maximum(np.abs(weights).max(axis=1), least))
    return np.asarray(np.exp(raised - raised.mean()), dtype=np.float32)


class _Nodes:
    """The nodes and constants of a graph while it is put together; values go by name."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: NDArray[Any] | np.generic) -> str:
        name = f"constant {len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name))
        return name

    def add(self, operator: str, *inputs: str, outputs: int = 1, domain: str = "", **attributes: Any) -> list[str]:
        names = [f"{operator} {len(self.nodes)}.{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names

    def one(self, operator: str, *inputs: str, **attributes: Any) -> str:
        return self.add(operator, *inputs, **attributes)[0]

    def named(self, value: str, name: str) -> None:
        self.nodes.append(helper.make_node("Identity", [value], [name]))


_Product = Callable[[_Nodes, int, str, str, Dense], str]


def _float_product(nodes: _Nodes, number: int, part: str, x: str, dense: Dense) -> str:
    if part != _ASKED:
        nodes.named(x, f"{number}.{part}")
    return nodes.one("Add", nodes.one("MatMul", x, nodes.constant(dense.weight)), nodes.constant(dense.bias))


def _rounded_product(
    nodes: _Nodes, number: int, part: str, x: str, dense: Dense, *, factors: Mapping[tuple[int, str], Floats]
) -> str:
    part = "in" if part == _ASKED else part
    kept = _FLOAT_CHANNELS if part == "down" else 0
    whole = len(dense.weight) - kept
    beside = None
    if kept:
        x, rest = nodes.add("Split", x, nodes.constant(np.array([whole, kept])), outputs=2, axis=1)
        beside = nodes.one("MatMul", rest, nodes.constant(dense.weight[whole:]))
    factor = factors[number, part][:whole]
    weights = dense.weight[:whole] * factor[:, None]
    scales = np.asarray(np.abs(weights).max(axis=0) / 127, dtype=np.float32)
    codes = np.rint(weights / scales).astype(np.int8)
    steps, scale, zero = nodes.add(
        "DynamicQuantizeLinear", nodes.one("Mul", x, nodes.constant(np.float32(1) / factor)), outputs=3
    )
    zeros = nodes.constant(np.zeros(len(scales), dtype=np.int8))
    inputs = (steps, nodes.constant(codes), scale, nodes.constant(scales), zero, zeros, nodes.constant(dense.bias))
    product = nodes.one("MatMulIntegerToFloat", *inputs, domain=_MICROSOFT)
    return nodes.one("Add", product, beside) if beside else product


def _graph(embedded: Norm, layers: Sequence[Layer], product: _Product, named: Sequence[str]) -> bytes:
    nodes = _Nodes()
    x = _normalised(nodes, VECTORS, embedded)
    for number, layer in enumerate(layers):
        # Of the last layer, only the vectors that are used are worked out.
        told = x if number < len(layers) - 1 else nodes.one("Gather", x, WANTED, axis=0)
        mixed = _attention(nodes, layer, told, x, partial(product, nodes, number))
        told = nodes.one("Add", told, product(nodes, number, "out", mixed, layer.out))
        told = _normalised(nodes, told, layer.attended)
        raised = nodes.one("Gelu", product(nodes, number, "up", told, layer.up), approximate="tanh")
        told = nodes.one("Add", told, product(nodes, number, "down", raised, layer.down))
        x = _normalised(nodes, told, layer.fed)
    nodes.named(x, CHOSEN)
    width = len(embedded.scale)
    inputs = [_value(VECTORS, TensorProto.FLOAT, None, width), _value(WANTED, TensorProto.INT64, None)]
    outputs = [_value(CHOSEN, TensorProto.FLOAT, None, width)]
    outputs += [_value(name, TensorProto.FLOAT, None, None) for name in named]
    graph = helper.make_graph(nodes.nodes, "layers", inputs, outputs, nodes.constants)
    operators = [helper.make_opsetid("", _OPERATORS), helper.make_opsetid(_MICROSOFT, _CONTRIBUTED)]
    model = helper.make_model(graph, opset_imports=operators, producer_name="wireroom")
    model.ir_version = _FORMAT
    return bytes(model.SerializeToString())


def _value(name: str, kind: int, *shape: int | None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, list(shape))


def _normalised(nodes: _Nodes, x: str, norm: Norm) -> str:
    scale, shift = nodes.constant(norm.scale), nodes.constant(norm.shift)
    return nodes.one("LayerNormalization", x, scale, shift, axis=-1, epsilon=_EPSILON)


def _attention(nodes: _Nodes, layer: Layer, told: str, x: str, product: Callable[[str, str, Dense], str]) -> str:
    """What the tokens `told` take from all tokens `x`."""
    width = len(layer.out.bias)
    size = width // _HEADS
    by_head, joined = nodes.constant(np.array([-1, _HEADS, size])), nodes.constant(np.array([-1, width]))
    root = np.float32(size**-0.5)
    scaled = Dense(layer.queries.weight * root, layer.queries.bias * root)
    queries = nodes.one("Transpose", nodes.one("Reshape", product(_ASKED, told, scaled), by_head), perm=[1, 0, 2])
    keys, values = nodes.add("Split", product("in", x, layer.keys_values), outputs=2, axis=1, num_outputs=2)
    keys = nodes.one("Transpose", nodes.one("Reshape", keys, by_head), perm=[1, 2, 0])
    values = nodes.one("Transpose", nodes.one("Reshape", values, by_head), perm=[1, 0, 2])
    shares = nodes.one("Softmax", nodes.one("MatMul", queries, keys), axis=-1)
    return nodes.one("Reshape", nodes.one("Transpose", nodes.one("MatMul", shares, values), perm=[1, 0, 2]), joined)
