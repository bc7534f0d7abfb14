"""Word lists and rules of extraction as data: plain files a person can read and add to, each read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_sections(name: str) -> dict[str, list[str]]:
    """A list file's lines by its `[section]` headings; blank lines and `#` comments left out."""
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (files(__package__) / name).read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], [])
        else:
            current.append(line)
    return sections


@cache
def read_toml(name: str) -> dict[str, Any]:
    """A TOML list file as it stands."""
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
