"""Matrices of weights in four or eight bits a number.

Each run of 32 numbers of a row shares a scale, as in the blocks of Dettmers and Zettlemoyer (2023, "The case for 4-bit
precision"): the largest of them is as many steps from zero as the code allows. Four bits are enough for the vectors of
words; with four in the layers, half of the contradictions that are found with eight are missed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Numbers that share a scale.
_RUN = 32
# Steps on either side of zero: 15 of the 16 codes of four bits, 255 of the 256 of eight.
_STEPS, _FINE_STEPS = 7, 127

Floats = NDArray[np.float32]
Codes = NDArray[np.uint8] | NDArray[np.int8]
Scales = NDArray[np.float16]


def packed(matrix: Floats, *, fine: bool = False) -> tuple[Codes, Scales]:
    """The codes of a matrix, two to a byte (rows by columns / 2), and its scales (rows by columns / 32).

    Args:
        fine: eight bits a number: signed codes, rows by columns.

    Raises:
        ValueError: the columns are not a multiple of 32.
    """
    rows, columns = matrix.shape
    if columns % _RUN:
        raise ValueError(f"a matrix of {columns} columns cannot be packed in runs of {_RUN}")
    most = _FINE_STEPS if fine else _STEPS
    runs = matrix.reshape(rows, columns // _RUN, _RUN)
    scales = (np.abs(runs).max(axis=2) / most).astype(np.float16)
    steps = runs / np.maximum(scales.astype(np.float32), np.finfo(np.float16).tiny)[..., None]
    steps = np.clip(np.rint(steps), -most, most).reshape(rows, columns)
    if fine:
        return steps.astype(np.int8), scales
    codes = (steps + _STEPS).astype(np.uint8)
    return codes[:, 0::2] | (codes[:, 1::2] << 4), scales


def unpacked(codes: Codes, scales: Scales) -> Floats:
    """The matrix that `packed` was given, or those of its rows that are passed, but for rounding."""
    if codes.dtype == np.int8:
        steps = codes.astype(np.float32)
    else:
        steps = np.empty((codes.shape[0], codes.shape[1] * 2), dtype=np.float32)
        steps[:, 0::2] = codes & 0x0F
        steps[:, 1::2] = codes >> 4
        steps -= _STEPS
    runs = steps.reshape(len(steps), -1, _RUN) * scales.astype(np.float32)[..., None]
    return np.ascontiguousarray(runs.reshape(steps.shape))
