"""Files that are made once from what packages ship, and then read by every process and none loads whole."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path


def made_once(name: str, data: Path, make: Callable[[Path], None]) -> Path:
    """A file or folder of this name, made first where it is missing.

    It is kept in the Python environment, which it belongs to and all results folders share; in the results folder
    `data` where this user may not write there. Safe with several processes: one makes it, the others wait, and it
    appears whole or not at all.

    Args:
        name: of the file or folder. It holds the version of what it is made from, so that another one is made anew.
        data: the results folder.
        make: makes it at a path where nothing is yet.
    """
    folder = _folder(name, data)
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{path.stem}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _make(path, make)
    return path


def _folder(name: str, data: Path) -> Path:
    shared = Path(sys.prefix) / "share" / "wireroom"
    return shared if (shared / name).exists() or os.access(sys.prefix, os.W_OK) else data


def _make(path: Path, make: Callable[[Path], None]) -> None:
    draft = path.with_suffix(f".{os.getpid()}.draft")
    try:
        make(draft)
        for written in [draft] if draft.is_file() else draft.iterdir():
            with written.open("rb") as file:
                os.fsync(file.fileno())
        draft.replace(path)
    finally:
        if draft.is_dir():
            shutil.rmtree(draft)
        draft.unlink(missing_ok=True)
