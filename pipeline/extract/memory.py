"""What was worked out for a row of numbers once, and need not be worked out again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import numpy as np

Rows = np.ndarray[Any, np.dtype[np.uint64]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values found again by their keys: so many as were asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """The value of a key, if it is still kept."""
        value = self._kept.get(key)
        if value is not None:
            self._kept.move_to_end(key)
        return value

    def keep(self, key: Key, value: Value) -> None:
        """Keeps a value, and lets go of what was longest not asked for."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Lets go of all."""
        self._kept.clear()


class Numbering:
    """Numbers different rows of integers 0, 1, 2, ... in the order in which they are first met."""

    def __init__(self) -> None:
        self._numbers = _Numbers()

    def __len__(self) -> int:
        return len(self._numbers)

    def clear(self) -> None:
        """Forgets all rows."""
        self._numbers.clear()

    def of(self, rows: Rows) -> tuple[Numbers, Numbers]:
        """The number of each row, and the places in `rows` of those not met before, in the order of their numbers."""
        numbers, known = self._numbers, len(self._numbers)
        keys = np.ascontiguousarray(rows).view(f"V{rows.itemsize * rows.shape[1]}").ravel().tolist()
        found = np.array([numbers[key] for key in keys], dtype=np.int64)
        if len(numbers) == known:
            return found, found[:0]
        met, first = np.unique(found, return_index=True)
        return found, first[met >= known]


class _Numbers(dict[bytes, int]):
    def __missing__(self, key: bytes) -> int:
        self[key] = number = len(self)
        return number


class Memory:
    """Rows that `work` gives for other rows, each asked for once while it is kept.

    `work` may take and give any number of columns, but for each row alone.
    """

    def __init__(self, work: Callable[[Rows], Rows], most: int) -> None:
        self._work, self._most = work, most
        self._numbers = Numbering()
        self._known: Rows | None = None

    def of(self, keys: Rows, told: Rows) -> Rows:
        """What `work` gives for each row of `told`, where rows of the same key are taken for the same."""
        if len(self._numbers) > self._most:
            self._numbers.clear()
        before = len(self._numbers)
        numbers, new = self._numbers.of(keys)
        if len(new) or self._known is None:
            given = self._work(told[new])
            if self._known is None or len(self._numbers) > len(self._known):
                grown = np.zeros((2 * len(self._numbers), given.shape[1]), dtype=np.uint64)
                if self._known is not None:
                    grown[:before] = self._known[:before]
                self._known = grown
            self._known[before : len(self._numbers)] = given
        found: Rows = self._known[numbers]
        return found
