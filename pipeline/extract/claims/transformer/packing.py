"""Matrices of weights in four bits a number.

Each run of 32 numbers of a row shares a scale, as in the blocks of Dettmers and Zettlemoyer (2023, "The case for 4-bit
precision"): the largest of them is seven steps from zero. For the vectors of words that is enough; the layers need
eight bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Numbers that share a scale.
_RUN = 32
# Steps on either side of zero: 15 of the 16 codes of four bits.
_STEPS = 7

Floats = NDArray[np.float32]
Codes = NDArray[np.uint8]
Scales = NDArray[np.float16]


def packed(matrix: Floats) -> tuple[Codes, Scales]:
    """The codes of a matrix, two to a byte (rows by columns / 2), and its scales (rows by columns / 32).

    Raises:
        ValueError: the columns are not a multiple of 32.
    """
    rows, columns = matrix.shape
    if columns % _RUN:
        raise ValueError(f"a matrix of {columns} columns cannot be packed in runs of {_RUN}")
    runs = matrix.reshape(rows, columns // _RUN, _RUN)
    scales = (np.abs(runs).max(axis=2) / _STEPS).astype(np.float16)
    steps = runs / np.maximum(scales.astype(np.float32), np.finfo(np.float16).tiny)[..., None]
    steps = np.clip(np.rint(steps), -_STEPS, _STEPS).reshape(rows, columns)
    codes = (steps + _STEPS).astype(np.uint8)
    return codes[:, 0::2] | (codes[:, 1::2] << 4), scales


def unpacked(codes: Codes, scales: Scales) -> Floats:
    """The matrix that `packed` was given, or those of its rows that are passed, but for rounding."""
    steps = np.empty((codes.shape[0], codes.shape[1] * 2), dtype=np.float32)
    steps[:, 0::2] = codes & 0x0F
    steps[:, 1::2] = codes >> 4
    steps -= _STEPS
    runs = steps.reshape(len(steps), -1, _RUN) * scales.astype(np.float32)[..., None]
    return np.ascontiguousarray(runs.reshape(steps.shape))
