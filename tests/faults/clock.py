"""The wall clock of the services, which can be made to jump.

A small library preloaded into them shifts what the C library says of the wall clock, so all of Python and its modules
written in C see the jump; the monotonic clock runs on, as on a machine whose time is set. The servers keep the true
time. Built where there is a C compiler and the C library is glibc.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """A clock of a round; `environment` makes a process follow it."""

    def __init__(self, folder: Path) -> None:
        self._offset = 0
        self._file = folder / "clock.offset"
        self._file.write_bytes(bytes(8))
        library = folder / "clock.so"
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"], check=True, capture_output=True
        )
        self.environment = {"LD_PRELOAD": str(library), "WIREROOM_FAULT_CLOCK": str(self._file)}

    def jump(self, seconds: int) -> None:
        """Sets the clock forwards or back."""
        self._offset += seconds
        with self._file.open("r+b") as file:
            file.write(self._offset.to_bytes(8, sys.byteorder, signed=True))


def clock(folder: Path) -> Clock | None:
    """A clock that can jump, or None where none can be built here."""
    return Clock(folder) if sys.platform == "linux" and shutil.which("cc") else None
