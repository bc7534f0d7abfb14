"""What is asked of a gazetteer: which places of the world go by a name. The store implements it on a file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, Protocol

PlaceKind = Literal["country", "region", "county", "town"]
# How an entry goes by a name: its own, one of another language or time, a word for what is of it, a short one that
# stands after a town.
Form = Literal["name", "alternate", "demonym", "abbreviation"]


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place of the gazetteer.

    Attributes:
        geonameid: its number at geonames.org; None for regions other than US states: the source leaves it out.
        name: its name in English, or in Latin letters.
        kind: a country; a region of its first level (state, province); a county or district below; a town.
        country: ISO 3166-1 alpha-3 code.
        region: GeoNames code of the first-level region it is or lies in; empty for a country.
        lat, lon: degrees; of a country or region the middle of its towns weighted by their inhabitants.
        population: inhabitants; of a region those of its towns; 0 where unknown.
    """

    geonameid: int | None
    name: str
    kind: PlaceKind
    country: str
    region: str
    lat: float
    lon: float
    population: int


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that goes by a name, and how."""

    entry: KnownPlace
    form: Form


class Gazetteer(Protocol):
    """The places of the world by name."""

    def find(self, keys: Collection[str]) -> Mapping[str, Sequence[Match]]:
        """What goes by each of these names, given as `name_key` gives them; a name of nothing is left out."""
        ...


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str:
    """The form in which names are looked up: small letters without accents, stops, apostrophes or a leading article.

    >>> name_key("the U.S."), name_key("Côte d’Ivoire"), name_key("St. Paul")
    ('us', 'cote divoire', 'saint paul')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = plain.casefold().replace("ı", "i").replace("ø", "o").replace("ł", "l")
    plain = re.sub(r"\b(?:st|ste)\.? (?=\w)", "saint ", plain)
    plain = re.sub(r"\bmt\.? (?=\w)", "mount ", plain)
    plain = re.sub(r"\bft\.? (?=\w)", "fort ", plain)
    plain = re.sub(r"[.'’‘`´ʼʻ]", "", plain)
    plain = " ".join(re.split(r"[\s\-–—_/]+", plain)).strip(" ,;:")
    return plain[4:] if plain.startswith("the ") else plain
