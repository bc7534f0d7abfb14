"""Linear models over named features: a weight for each feature and class, and softmax over their sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

# The weights that ship with the program; `make train` makes them (see corpus/README.md).
_WEIGHTS = "weights.npz"
# No class is held for less likely than this: regression is surer of itself than it is right.
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Model:
    """Multinomial logistic regression: `classes`, and the row of `weights` (features by classes) of each feature."""

    classes: tuple[str, ...]
    rows: Mapping[str, int]
    weights: NDArray[np.float32]

    def probabilities(self, features: Iterable[str]) -> NDArray[np.float32]:
        """The probability of each class, in the order of `classes`; unknown features count nothing."""
        known = sorted({row for feature in features if (row := self.rows.get(feature)) is not None})
        sums = self.weights[known].sum(axis=0)
        powers = np.exp(sums - sums.max())
        return np.asarray(powers / powers.sum(), dtype=np.float32)

    def logarithms(self, features: Iterable[str]) -> dict[str, float]:
        """The logarithm of the probability of each class."""
        probabilities = np.maximum(self.probabilities(features), _LEAST)
        return dict(zip(self.classes, map(float, np.log(probabilities)), strict=True))

    def likeliest(self, features: Iterable[str]) -> tuple[str, float]:
        """The most probable class, and how probable it is."""
        probabilities = self.probabilities(features)
        best = int(probabilities.argmax())
        return self.classes[best], float(probabilities[best])


def save(models: Mapping[str, Model], file: Path) -> None:
    """Writes models to one compressed file, weights to three decimal places or so (float16).

    The same models give the same bytes.
    """
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, model in models.items():
        ordered = sorted(model.rows, key=model.rows.__getitem__)
        arrays[f"{name}.features"] = np.frombuffer("\n".join(ordered).encode(), dtype=np.uint8)
        arrays[f"{name}.classes"] = np.frombuffer("\n".join(model.classes).encode(), dtype=np.uint8)
        arrays[f"{name}.weights"] = model.weights.astype(np.float16)
    with file.open("wb") as opened:
        np.savez_compressed(opened, **arrays)  # type: ignore[arg-type]


def load(file: Path) -> dict[str, Model]:
    """The models of a file that `save` wrote, by name."""
    with np.load(file, allow_pickle=False) as arrays:
        return {
            name: Model(
                tuple(bytes(arrays[f"{name}.classes"]).decode().split("\n")),
                {feature: row for row, feature in enumerate(bytes(arrays[f"{name}.features"]).decode().split("\n"))},
                arrays[f"{name}.weights"].astype(np.float32),
            )
            for name in sorted({key.rpartition(".")[0] for key in arrays.files})
        }


@cache
def shipped() -> dict[str, Model]:
    """The models that ship with the program, read once: `first`, `measure`, `status`, `first scope`,
    `scope`, `claimant`, `contradiction`."""
    with as_file(files(__package__).joinpath(_WEIGHTS)) as file:
        return load(file)
