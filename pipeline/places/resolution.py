"""Which place a name stands for: the candidates of the gazetteer weighed by what else the text names.

A name means one place throughout a document, unless a state or country beside it says otherwise. A candidate weighs by
its inhabitants, in powers of ten, and by how much of what the text names lies in its country and region (so toponyms
have been resolved since Leidner 2007, "Toponym Resolution in Text": one sense a discourse, population, the smallest
region that holds all). A small town needs that something else points to it: names that a writer has made up, and those
of towns that the gazetteer lacks, are names of small towns elsewhere. What cannot be told resolves to nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.places.gazetteer import Gazetteer, KnownPlace, Match, name_key
from pipeline.places.mentions import Mention, mentions
from schemas.records import Entity, Place, PlacePrecision

_PRECISION: dict[str, PlacePrecision] = {
    "country": "country", "region": "region", "county": "region", "town": "town"
}  # fmt: skip

# All weights are in powers of ten of inhabitants. A country is named more often than a town of its size; what lies in
# the country that the text is about is as likely as one of some hundred times its size elsewhere, and as much again in
# a region named in the text.
_COUNTRY = 2.0
_IN_COUNTRY = 2.5
_IN_REGION = 2.0
_ALTERNATE = -1.0
_DATELINE = 0.5
_CALLED_REGION = 3.0
_REGION_OF_TOWN = -1.5
# Inhabitants of a place that needs nothing else to point to it, where no other has its name; where others have it; and
# in a text with names of no known place;
# and the least lead over the next candidate. A county has no number of inhabitants and counts as a town of some size.
_ONLY, _ALONE, _AMONG_UNKNOWN = math.log10(10_000), math.log10(50_000), math.log10(1_000_000)
_LEAD = 0.4
_COUNTY = 4.0
_MOST_VOTES = 3.0  # of one name: repeated, it says no more
_LARGE = 100_000
_SAME_PLACE = 0.5  # degrees: a town and the region named after it, or a town listed twice


def resolve(text: str, entities: Sequence[Entity], gazetteer: Gazetteer, title: str | None = None) -> list[Place]:
    """The places that a text names, in order: towns, regions, countries, and demonyms for their country.

    Args:
        text: the document's text.
        entities: what extraction found in it; places are among those of label GPE, LOC and NORP, in datelines, and
            among what stands before the name of a state or after "in".
        gazetteer: where names are looked up, in one call.
        title: the headline; the countries and regions in it count as evidence.

    Returns:
        One record for each mention that can be told; a name of no known place, of a person, or of several places
        between which nothing decides, gives none.
    """
    named = mentions(text, entities)
    headline = _headline(title)
    wanted = {key for mention in named for key in mention.keys} | set(headline)
    if not wanted:
        return []
    known = gazetteer.find(sorted(wanted))
    reading = _Reading(text, entities, named, known, headline)
    places = []
    for mention in named:
        match = reading.meaning(mention)
        if match is not None:
            places.append(_place(mention, match))
    return places


def _place(mention: Mention, match: Match) -> Place:
    entry = match.entry
    return Place(
        mention.start, mention.end, mention.text, entry.name, entry.geonameid, entry.country, entry.region or None,
        entry.lat, entry.lon, _PRECISION[entry.kind], match.form == "demonym",
    )  # fmt: skip


def _headline(title: str | None) -> list[str]:
    """The names to look up of a headline: its runs of up to three capitalised words."""
    written = re.findall(r"[^\s,:;!?\"“”()]+", title or "")[:40]
    keys = []
    for size in (1, 2, 3):
        for at in range(len(written) - size + 1):
            part = written[at : at + size]
            if part[0][:1].isupper() and part[-1][:1].isupper():
                keys.append(name_key(re.sub(r"['’]s?$", "", " ".join(part))))
    return [key for key in dict.fromkeys(keys) if len(key) > 1]


@dataclass
class _Reading:
    """One document: its mentions with their candidates, and the countries and regions that it speaks of."""

    text: str
    entities: Sequence[Entity]
    named: Sequence[Mention]
    known: Mapping[str, Sequence[Match]]
    headline: Sequence[str]
    # For each name without doubt its country and, of a region, its code; and how much it counts.
    countries: dict[str, tuple[str, float]] = field(default_factory=dict)
    regions: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    unknown: int = 0

    def __post_init__(self) -> None:
        self._persons = _persons(self.entities)
        self._candidates = {mention.start: self._of(mention) for mention in self.named}
        self._meanings: dict[str, Match | None] = {}
        self._vote()
        for mention in self.named:  # what is held settles the name for the whole text
            if mention.holder and not mention.held_loosely and (settled := self._held(mention)):
                for key in mention.keys:
                    self._meanings.setdefault(key, settled)

    def meaning(self, mention: Mention) -> Match | None:
        """What a mention stands for, or None."""
        candidates = self._candidates[mention.start]
        if not candidates:
            return None
        if mention.holder and not mention.held_loosely:
            if (settled := self._held(mention)) is not None:
                return settled
            if self._is_held(mention):
                return None
        key = mention.keys[0] + (" region" if mention.is_region else "")
        if mention.holder and mention.held_loosely:
            return self._best(mention, candidates)
        if key not in self._meanings:
            self._meanings[key] = self._best(mention, candidates)
        return self._meanings[key]

    def _of(self, mention: Mention) -> list[Match]:
        """The candidates for a mention: what goes by the fullest of its names that any place goes by."""
        for key in mention.keys:
            found = list(self.known.get(key, ()))
            adjective = mention.label == "NORP"
            found = [match for match in found if self._fits(mention, match, adjective)]
            if found:
                return [] if self._is_person(mention) else found
        return []

    def _fits(self, mention: Mention, match: Match, adjective: bool) -> bool:
        if match.form == "abbreviation":
            return mention.text[:1].isupper() and len(mention.text) <= 5 and self._follows_comma(mention)
        if match.form == "demonym":
            return mention.label in {"NORP", "GPE", "LOC"}
        if adjective:
            return match.entry.kind == "country"
        return mention.label not in {"PERSON", "ORG"} or match.entry.population >= _LARGE

    def _follows_comma(self, mention: Mention) -> bool:
        return self.text[max(0, mention.start - 2) : mention.start] == ", "

    def _is_person(self, mention: Mention) -> bool:
        """Whether a name is part of a person's in the document, and nothing here says that a place is meant."""
        if mention.dateline or (mention.holder is not None and not mention.held_loosely):
            return False
        after = self.text[mention.end : mention.end + 2]
        if mention.label in {"PERSON", "ORG"} and after[:1] in {"'", "’"}:
            return True
        return name_key(mention.text) in self._persons and not mention.located

    def _vote(self) -> None:
        """Counts what the text names without doubt, and what it names that no place goes by."""
        for key in self.headline:
            self._count(key, self.known.get(key, ()), 0.5, towns=False)
        for mention in self.named:
            candidates = self._candidates[mention.start]
            if not candidates:
                self.unknown += mention.label in {"GPE", "LOC"}
                continue
            self._count(mention.keys[0], candidates, 0.5 if mention.label == "NORP" else 1.0, towns=True)

    def _count(self, key: str, candidates: Sequence[Match], weight: float, *, towns: bool) -> None:
        entries = [match.entry for match in candidates if match.form != "alternate"]
        entries = entries or [match.entry for match in candidates]
        large = [e for e in entries if e.kind in {"country", "region"} or (towns and e.population >= _LARGE)]
        if not large and all(entry.kind == "county" for entry in entries):
            large = entries
        if len({entry.country for entry in large}) != 1:
            return
        small = [entry for entry in entries if entry.country != large[0].country and entry.population >= _LARGE / 2]
        if small:
            return
        country, counted = self.countries.get(key, (large[0].country, 0.0))
        self.countries[key] = country, min(counted + weight, _MOST_VOTES)
        regions = {(entry.country, entry.region) for entry in large if entry.kind in {"region", "county"}}
        if len(regions) == 1 and all(entry.kind != "country" for entry in large):
            self.regions.setdefault(regions.pop(), set()).add(key)

    def _is_held(self, mention: Mention) -> bool:
        """Whether what follows a comma is what holds a name, known or not, and no further item of a list."""
        holder = mention.holder
        if holder is None or any(match.entry.kind == "country" for match in self._candidates[mention.start]):
            return False
        candidates = self._candidates[holder.start]
        if any(match.form == "abbreviation" for match in candidates):
            return True
        listed = re.match(r",? and |, [A-Z]", self.text[holder.end : holder.end + 6])
        before = self.text[max(0, mention.start - 2) : mention.start] == ", "
        if listed or before:
            return False
        return not candidates or any(match.entry.kind in {"country", "region"} for match in candidates)

    def _held(self, mention: Mention) -> Match | None:
        """The largest candidate that lies in what is named beside it."""
        assert mention.holder is not None
        holders = [m.entry for m in self._candidates[mention.holder.start] if m.entry.kind in {"country", "region"}]
        inside = [
            match
            for match in self._candidates[mention.start]
            if any(_lies_in(match.entry, holder) for holder in holders)
        ]
        return max(inside, key=lambda match: self._weight(mention, match), default=None)

    def _best(self, mention: Mention, candidates: Sequence[Match]) -> Match | None:
        weighed = sorted(((self._weight(mention, match), n) for n, match in enumerate(candidates)), reverse=True)
        weight, which = weighed[0]
        best = candidates[which]
        if not self._is_known_enough(best.entry, mention):
            return None
        for other_weight, other in weighed[1:]:
            if weight - other_weight < _LEAD and not _same(best.entry, candidates[other].entry):
                return None
        return best

    def _is_known_enough(self, entry: KnownPlace, mention: Mention) -> bool:
        """Whether a place is large, or something points to it."""
        if entry.kind in {"country", "region"}:
            return True
        size = math.log10(entry.population + 1) if entry.kind == "town" else _COUNTY
        if (
            self._share(entry, mention.keys) >= 0.25
            or self._in_named_region(entry, mention.keys)
            or self._holder_agrees(entry, mention)
        ):
            return True
        only = len({match.entry for match in self._candidates[mention.start]}) == 1
        if self.unknown:
            return size >= (_ALONE if only else _AMONG_UNKNOWN) or (only and entry.kind == "county")
        return size >= (_ONLY if only else _ALONE)

    def _weight(self, mention: Mention, match: Match) -> float:
        entry = match.entry
        weight = math.log10(entry.population + 1) if entry.kind != "county" else _COUNTY
        weight += _IN_COUNTRY * self._share(entry, mention.keys)
        if entry.kind == "country":
            weight += _COUNTRY
        elif self._in_named_region(entry, mention.keys) and entry.kind != "region":
            weight += _IN_REGION
        if entry.kind in {"region", "county"}:
            if mention.is_region:
                weight += _CALLED_REGION
            elif self._names_town_too(mention, entry):
                weight += _REGION_OF_TOWN
        if match.form == "alternate":
            weight += _ALTERNATE
        if mention.dateline and entry.kind == "town":
            weight += _DATELINE
        if self._holder_agrees(entry, mention):
            weight += _IN_REGION + _IN_COUNTRY
        return weight

    def _names_town_too(self, mention: Mention, region: KnownPlace) -> bool:
        """Whether a region's name is that of a large town of its country."""
        entries = [match.entry for match in self._candidates[mention.start]]
        return any(
            entry.kind == "town" and entry.population >= _LARGE and entry.country == region.country
            for entry in entries
        )  # fmt: skip

    def _holder_agrees(self, entry: KnownPlace, mention: Mention) -> bool:
        if mention.holder is None:
            return False
        return any(_lies_in(entry, m.entry) for m in self._candidates[mention.holder.start])

    def _share(self, entry: KnownPlace, own: Sequence[str]) -> float:
        """The share of what else the text names without doubt that lies in a place's country."""
        others = [vote for key, vote in self.countries.items() if key not in own]
        total = sum(weight for _, weight in others)
        return sum(weight for country, weight in others if country == entry.country) / total if total else 0.0

    def _in_named_region(self, entry: KnownPlace, own: Sequence[str]) -> bool:
        return bool(self.regions.get((entry.country, entry.region), set()) - set(own))


def _lies_in(entry: KnownPlace, holder: KnownPlace) -> bool:
    if entry.kind == "country" or entry == holder or entry.country != holder.country:
        return False
    return holder.kind == "country" or (holder.kind == "region" and holder.region == entry.region)


def _same(one: KnownPlace, other: KnownPlace) -> bool:
    near = abs(one.lat - other.lat) < _SAME_PLACE and abs(one.lon - other.lon) < _SAME_PLACE
    return one.country == other.country and (
        near or (one.region == other.region and "region" in {one.kind, other.kind})
    )


def _persons(entities: Sequence[Entity]) -> set[str]:
    """The first and last words of the full names of a document's persons."""
    parts = set()
    for entity in entities:
        words = entity.name.split()
        if entity.label == "PERSON" and len(words) > 1:
            parts |= {name_key(words[0]), name_key(words[-1]), name_key(entity.name)}
    return parts
