"""What the stages give: plain records, free of any table or queue.

Offsets are Python string offsets (code points) into the cleaned text, end exclusive, and `text[start:end]` is the
string itself. Names and meanings are those of the export formats.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

QuoteKind = Literal["direct", "indirect"]
Qualifier = Literal["exact", "at_least", "at_most", "more_than", "fewer_than", "about", "between", "vague"]
Measure = Literal[
    "killed", "injured", "missing", "detained", "displaced", "kidnapped", "released", "strength", "other_people"
]


@dataclass(frozen=True, slots=True)
class Removed:
    """A piece that cleaning cut: its kind (the rule's name, such as `promo`, `credit`, `related`) and its text."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What `clean` gives: the article's text, paragraphs apart by a newline, and what the article says of itself.

    A fact the sender stated wins over one found in the page; None where neither says.
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


@dataclass(frozen=True, slots=True)
class Entity:
    """A mention of somebody or something; `name` is the fullest form of the same entity in the document."""

    start: int
    end: int
    text: str
    label: str
    name: str


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

    `claimant_name` is None where the source itself asserts the figure.
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


@dataclass(frozen=True, slots=True)
class Extraction:
    """What `extract` gives; `notes` say in words what was passed over: an unknown language, a text past the limit."""

    entities: list[Entity] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
