"""Places: what a text's place names stand for, by an offline gazetteer."""

from pipeline.places.gazetteer import Entry, EntryKind, Form, Gazetteer, Match, name_key
from pipeline.places.resolution import resolve

__all__ = ["Entry", "EntryKind", "Form", "Gazetteer", "Match", "name_key", "resolve"]
