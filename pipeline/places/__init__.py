"""Places: what a text's place names stand for, by an offline gazetteer."""

from pipeline.places.gazetteer import Form, Gazetteer, KnownPlace, Match, PlaceKind, name_key
from pipeline.places.resolution import resolve

__all__ = ["Form", "Gazetteer", "KnownPlace", "Match", "PlaceKind", "name_key", "resolve"]
