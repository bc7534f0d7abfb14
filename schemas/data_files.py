"""Data files beside the code: word lists and tables that a person can read and add to, each read once.

In a list `#` begins a remark, to the end of its line, and blank lines count for nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any


def read_text(package: str, name: str) -> str:
    """A file of a package as it stands; `name` may lead through folders."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


@cache
def read_toml(package: str, name: str) -> dict[str, Any]:
    """The tables of a TOML file of a package (`__package__` of whoever asks)."""
    return tomllib.loads(read_text(package, name))


@cache
def read_lines(package: str, name: str) -> tuple[str, ...]:
    """The entries of a list that holds one a line."""
    return tuple(_entries(package, name))


@cache
def read_words(package: str, name: str) -> frozenset[str]:
    """The words of a list, white space between them."""
    return frozenset(" ".join(_entries(package, name)).split())


@cache
def read_sections(package: str, name: str) -> dict[str, list[str]]:
    """The entries of a list, one a line, by the `[section]` headings that they stand under."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for entry in _entries(package, name):
        if entry.startswith("[") and entry.endswith("]"):
            current = sections.setdefault(entry[1:-1], [])
        else:
            current.append(entry)
    return sections


def _entries(package: str, name: str) -> Iterator[str]:
    for line in read_text(package, name).splitlines():
        if entry := line.partition("#")[0].strip():
            yield entry
