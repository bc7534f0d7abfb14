"""Where a text may name a place: what extraction takes for one, datelines, and what stands beside a state's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.places.gazetteer import name_key
from schemas.records import Entity

_NAMING = frozenset({"GPE", "LOC", "NORP"})
# Directions are regions' names in many countries, and no place alone.
_DIRECTIONS = frozenset(
    {"north", "south", "east", "west", "northern", "southern", "eastern", "western", "central", "centre"}
)
_STREET = re.compile(
    r"[ -](?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Boulevard|Blvd|Lane|Ln|Court|Place|Highway|Hwy|Parkway|Square)\b"
)
_WORD = r"[A-ZÀ-Þ][\w’'-]*"
_JOINT = r"(?:de|del|al|el|la|le|les|los|las|of|the|sur|upon|on|am|and|bin|du|da|do)"
_NAME = rf"{_WORD}(?:[ -](?:{_JOINT}[ -])?{_WORD}){{0,3}}"
# "PARIS, July 3 (AP) -", "LASHKAR GAH, Afghanistan (Reuters) -", "Kabul — ": a town, perhaps what holds it, an agency
# or a date, and a dash.
_DATELINE = re.compile(
    r"(?P<town>[A-ZÀ-Þ][\w.’'-]*(?:[ /-][A-ZÀ-Þ][\w.’'-]*){0,3})"
    r"(?:, (?P<holder>[A-ZÀ-Þ][\w.]*(?: [A-ZÀ-Þ][\w.]*){0,2}))?"
    r"(?P<date>,? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2}(?:, \d{4})?)?"
    r"(?P<agency>,? ?\([^)\n]{2,40}\))? ?(?P<dash>--|[-–—]|:(?= ))"
)
# A name and, after a comma, what may hold it: "Wallace, Ark.", "Springfield, Illinois".
_HELD = re.compile(rf"(?P<town>{_NAME}), (?P<holder>(?:[A-Z]\.){{2,3}}|[A-Z][a-z]{{1,4}}\.|[A-Z]{{2}}\b|{_NAME})")
_LOCATING = re.compile(
    r"\b(?:in|near|outside|around|at|from|to|of|into|across|towards?|reached|over|leave|left) (?:the )?$"
)
_WITHIN = re.compile(r"\b(?:in|near|outside|around) (?:the )?$")
# What may stand before a place's own name and after it.
_SIDES = re.compile(
    r"^(?:the )?(?:(?:far|north|south|east|west|north-?east|south-?east|north-?west|south-?west)(?:ern)?|central|upper|"
    r"lower|mainland|downtown|greater|rural|occupied|neighbou?ring|war-torn|nearby)[ -]",
    re.IGNORECASE,
)
_NOUN = re.compile(
    r"^ ?(?P<noun>province|state|region|governorate|prefecture|oblast|department|county|district|canton|island|"
    r"emirate)s?\b",
    re.IGNORECASE,
)
_NOUN_WITHIN = re.compile(
    r"[ -](?P<noun>province|state|region|governorate|prefecture|oblast|department|district|canton|emirate|city|town|"
    r"village)$",
    re.IGNORECASE,
)
_NOUN_BEFORE = re.compile(
    r"\b(?:province|state|region|governorate|department|canton|emirate) of (?:the )?$", re.IGNORECASE
)


@dataclass(slots=True)
class Mention:
    """A stretch of text that may name a place.

    Attributes:
        start, end, text: where it stands, and the string there.
        keys: the names to look up, the fullest first.
        label: what extraction took it for; empty where it took it for nothing.
        dateline: whether the text begins with it, as agencies' reports do.
        located: whether it stands after a word that wants a place: "in", "near".
        is_region: whether it is called a province, state or the like.
        holder: the mention beside it that may hold it: "Texas" in "Paris, Texas", "Syria" in "Syria's Idlib".
        held_loosely: whether the two are only likely to belong together: "Springfield in Illinois".
    """

    start: int
    end: int
    text: str
    keys: tuple[str, ...]
    label: str
    dateline: bool = False
    located: bool = False
    is_region: bool = False
    holder: Mention | None = field(default=None, repr=False)
    held_loosely: bool = False


def mentions(text: str, entities: Sequence[Entity]) -> list[Mention]:
    """The mentions of a text in order, none overlapping another."""
    found: dict[int, Mention] = {}
    for mention in (*_in_dateline(text), *_held(text, entities), *_named(text, entities)):
        if not any(mention.start < other.end and other.start < mention.end for other in found.values()):
            found[mention.start] = mention
    ordered = [found[start] for start in sorted(found)]
    for one, following in pairwise(ordered):
        gap = text[one.end : following.start]
        if "NORP" in {one.label, following.label}:
            continue
        if gap == ", ":
            one.holder = following
        elif re.fullmatch(
            r"(?: (?:city|town|village|district|province|area|region|county))?,? in (?:the )?(?:\w+ )?", gap
        ):
            one.holder, one.held_loosely = following, True
        elif gap in {"'s ", "’s ", "' ", "’ "}:
            following.holder, following.held_loosely = one, True
    return ordered


def _mention(text: str, start: int, end: int, label: str, dateline: bool = False) -> Mention:
    written = " ".join(text[start:end].split())
    bare = re.sub(r"['’]s?$", "", written)
    own = _SIDES.sub("", bare)
    noun = _NOUN_WITHIN.search(own)
    forms = [bare, own, own[: noun.start()] if noun else own]
    called = noun["noun"].lower() if noun else ""
    if not called and (after := _NOUN.match(text[end : end + 14])):
        called = after["noun"].lower()
        if called in {"county", "district"}:
            forms.insert(0, f"{own} {called}")
    called = called or ("state" if _NOUN_BEFORE.search(text[max(0, start - 24) : start]) else "")
    keys = tuple(dict.fromkeys(key for key in map(name_key, forms) if len(key) > 1 and key not in _DIRECTIONS))
    region = called not in {"", "city", "town", "village", "island"}
    located = bool(_LOCATING.search(text[max(0, start - 12) : start]))
    return Mention(start, end, text[start:end], keys, label, dateline=dateline, located=located, is_region=region)


def _in_dateline(text: str) -> Iterator[Mention]:
    found = _DATELINE.match(text)
    if found is None:
        return
    town = found["town"]
    if found["dash"] == ":" or not (town.isupper() or found["agency"] or found["date"] or found["holder"]):
        return
    for part in ("town", "holder"):
        if found[part]:
            yield _mention(text, *found.span(part), "", dateline=True)


def _held(text: str, entities: Sequence[Entity]) -> Iterator[Mention]:
    """Towns that extraction took for something else, and the abbreviations of states after them."""
    known = {(entity.start, entity.end) for entity in entities if entity.label in _NAMING}
    for found in _HELD.finditer(text):
        holder = found["holder"]
        if holder.endswith(".") or (holder.isupper() and len(holder) == 2):
            town_start = found.start("town")
            for word in ("The ", "In ", "At ", "Near ", "From ", "Police "):
                town_start += len(word) * text.startswith(word, town_start)
            if town_start < found.end("town"):
                yield _mention(text, town_start, found.end("town"), "GPE")
            yield _mention(text, *found.span("holder"), "GPE")
        elif found.span("holder") in known:
            for entity in entities:
                if entity.end == found.end("town") and entity.label in {"PERSON", "ORG"} and "'" not in entity.text:
                    yield _mention(text, entity.start, entity.end, entity.label)


def _named(text: str, entities: Iterable[Entity]) -> Iterator[Mention]:
    for entity in entities:
        within = entity.label in {"PERSON", "ORG"} and _WITHIN.search(text[max(0, entity.start - 14) : entity.start])
        street = _STREET.search(text, entity.start, entity.end) or _STREET.match(text, entity.end)
        if (entity.label in _NAMING or within) and not street:
            yield _mention(text, entity.start, entity.end, entity.label)
