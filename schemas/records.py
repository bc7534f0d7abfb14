"""What the stages give: plain records, free of any table or queue.

Offsets are Python string offsets (code points) into the cleaned text, end exclusive, and `text[start:end]` is the
string itself. Names and meanings are those of the export formats.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Status = Literal["stated", "denied", "possible"]
Scope = Literal["event", "part", "other"]
ClaimantType = Literal[
    "belligerent", "government", "police", "health", "un", "ngo", "company", "witness", "media", "other"
]
QuoteKind = Literal["direct", "indirect"]
Qualifier = Literal["exact", "at_least", "at_most", "more_than", "fewer_than", "about", "between", "vague"]
Measure = Literal[
    "killed", "injured", "missing", "detained", "displaced", "kidnapped", "released", "strength", "other_people"
]

PlacePrecision = Literal["point", "town", "region", "country"]
DatePrecision = Literal["day", "week", "month", "year"]

# The OntoNotes labels of entities that are places: countries, towns and regions; mountains and seas; bridges and camps.
PLACE_LABELS = ("GPE", "LOC", "FAC")

# Lowest and highest number that a claim allows; None where it sets no such bound.
Bounds = tuple[int | None, int | None]


def apart(one: Bounds, other: Bounds) -> bool:
    """Whether no number of people fits both bounds."""

    def above(lower: Bounds, upper: Bounds) -> bool:
        return upper[1] is not None and (lower[0] or 0) > upper[1]

    return above(one, other) or above(other, one)


@dataclass(frozen=True, slots=True)
class Removed:
    """A piece that cleaning cut: its kind (the rule's name, such as `promo`, `credit`, `related`) and its text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What `clean` gives: the article's text, paragraphs apart by a newline, and what the article says of itself.

    A fact the sender stated wins over one found in the page; None where neither says. `notes` says where the text is
    not whole, and where it was found if not in the page's body.
    """

    text: str
    removed: list[Removed] = field(default_factory=list)
    title: str | None = None
    author: str | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    published: datetime | None = None
    published_naive: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entity:
    """A mention of somebody or something; `name` is the fullest form of the same entity in the document."""

    start: int
    end: int
    text: str
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """A mention of a place that the gazetteer knows: which one it is.

    Attributes:
        text: the mention, `text[start:end]` of the document.
        name: the gazetteer's name for it.
        geonameid: its number at geonames.org; None for most regions, whose numbers the gazetteer lacks.
        country: ISO 3166-1 alpha-3 code of the country it is or lies in.
        region: GeoNames code of the state or province it is or lies in; None for a country.
        lat, lon: degrees; of a country or region the middle of its towns weighted by their inhabitants.
        precision: what kind of place it is, so how far from there the event may have been.
        demonym: whether the text names what is of it ("Nigerian") and not the place itself.
    """

    start: int
    end: int
    text: str
    name: str
    geonameid: int | None
    country: str
    region: str | None
    lat: float
    lon: float
    precision: PlacePrecision
    demonym: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """Somebody's words: `text` without quotation marks, the cue, the nearest mention of the speaker, and the relay."""

    kind: QuoteKind
    start: int
    end: int
    text: str
    cue: str | None = None
    speaker: str | None = None
    speaker_start: int | None = None
    speaker_end: int | None = None
    speaker_name: str | None = None
    relay: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """How many, of whom, as claimed by whom: a figure with its bounds, measure, group, claimant and relay.

    `claimant_name` is None where the source itself asserts the figure. `contradicts` are the places, among the claims
    of the same text, of those by another claimant that cannot be true if this one is; None where nobody has looked.
    """

    start: int
    end: int
    figure: str
    value: int | None
    low: int | None
    high: int | None
    qualifier: Qualifier
    measure: Measure
    sentence_start: int
    sentence_end: int
    group: str | None = None
    group_start: int | None = None
    group_end: int | None = None
    claimant: str | None = None
    claimant_start: int | None = None
    claimant_end: int | None = None
    claimant_name: str | None = None
    relay: str | None = None
    status: Status | None = None
    scope: Scope | None = None
    claimant_type: ClaimantType | None = None
    place: str | None = None
    place_start: int | None = None
    place_end: int | None = None
    geonameid: int | None = None
    country: str | None = None
    lat: float | None = None
    lon: float | None = None
    place_precision: PlacePrecision | None = None
    event_date: date | None = None
    event_date_precision: DatePrecision | None = None
    contradicts: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """What `extract` gives; `notes` say in words what was passed over: an unknown language, a text past the limit."""

    entities: list[Entity] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
