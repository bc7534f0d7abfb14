"""Invented reports, and a newsroom to feed them to."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.dedupe import Arrival, Limits, decide, fingerprint
from tests.pipeline.dedupe.memory_ledger import MemoryLedger

FERRY = (
    "The ferry Aurelia ran aground on rocks off the island of Skarvoy late on Monday with 212 people aboard. ",
    "Coastguards said the Aurelia had lost power in both engines minutes before it struck the Skarvoy reef. ",
    "Captain Ingrid Halvorsen ordered passengers to the lifeboats as waves broke over the car deck. ",
    "Two trawlers from the port of Nordhamn reached the stricken ferry first and took off forty passengers. ",
    "The operator, Nordline, said a fuel pump replaced in Nordhamn last week would be examined. ",
    "Divers were to inspect the hull of the Aurelia on Wednesday once the swell had gone down. ",
    "Nordline has suspended sailings between Nordhamn and Skarvoy until further notice. ",
    "Halvorsen, who has sailed the route for nineteen years, stayed aboard until the last lifeboat had left. ",
)
DAM = (
    "Engineers at the Kelowati dam opened both spillways on Thursday after three days of monsoon rain. ",
    "Villages below Kelowati were told to move livestock to higher ground before the Mirpani river crested. ",
    "The Mirpani authority said the reservoir stood eleven centimetres under the crest of the dam. ",
    "Schools in the Tarobad district were turned into shelters for families from the lower valley. ",
    "Minister Devika Raman flew over the spillways and promised sandbags for Tarobad by nightfall. ",
    "A landslide closed the mountain road to Kelowati and delayed a convoy carrying pumps. ",
    "Hydrologists had warned since April that silt had cut what the Kelowati reservoir can hold. ",
    "Raman said an inquiry would ask why the spillway gates were not tested before the monsoon. ",
)
VIOLIN = (
    "A violin made by Tommaso Bellinzoni in 1741 was sold for a record sum at Harcourt's saleroom in Geneva. ",
    "The buyer, bidding by telephone, outlasted a museum and two dealers in eleven minutes at Harcourt's. ",
    "Known as the Contessa, the Bellinzoni had lain in a bank vault since its last owner died. ",
    "Cellist Marguerite Oyelaran said instruments like the Contessa ought to be played and not locked away. ",
    "Harcourt's had expected half of that for the Contessa, one of nine violins left by Bellinzoni. ",
    "The varnish of the Contessa is cracked beneath the bridge, the saleroom's catalogue noted. ",
    "Oyelaran will borrow the violin for a recital in Lucerne should the new owner agree. ",
    "Luthiers who examined the scroll doubted in 1998 that Bellinzoni had carved it himself. ",
)
EVENTS = {"ferry": FERRY, "dam": DAM, "violin": VIOLIN}
START = datetime(2025, 3, 3, 6, tzinfo=UTC)
SYLLABLES = ("ka", "lo", "mi", "ter", "ran", "os", "vel", "du", "qui", "bas", "ne", "for", "zi", "pel", "um", "gra")


def report(event: str, *lines: int) -> str:
    """A report of some of an event's sentences; all where no line is named."""
    sentences = EVENTS[event]
    return "".join(sentences[line] for line in lines or range(len(sentences)))


def babble(seed: int, count: int) -> str:
    """`count` words that no other seed gives in the same order."""
    chance = random.Random(seed)
    return " ".join("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(count)) + ". "


def arrival(name: str, text: str, hours: float | None = 0.0, title: str | None = None, **more: str) -> Arrival:
    """A document of that id, published so many hours after START; None: undated."""
    published = None if hours is None else START + timedelta(hours=hours)
    return Arrival(0, name, text, START, published, more.get("source"), title, more.get("language"))


def feed(arrivals: Iterable[Arrival], limits: Limits | None = None) -> MemoryLedger:
    """The ledger after these documents came in, in this order, a second apart."""
    ledger = MemoryLedger()
    for number, one in enumerate(arrivals, start=1):
        received = one.received + timedelta(seconds=number)
        numbered = replace(one, number=number, received=received)
        ledger.add(numbered)
        ledger.record(decide(numbered, fingerprint(one.text, one.title, one.language), ledger, limits))
    return ledger


def copy_groups(ledger: MemoryLedger) -> dict[str, str]:
    """For each document the id of the earliest of its copies, itself where it has none."""
    return {s.id: ledger.recorded[s.copy_of or s.number].id for s in ledger.recorded.values()}


def stories(ledger: MemoryLedger) -> set[frozenset[str]]:
    """The ids of the documents of each story."""
    found: dict[str, set[str]] = {}
    for standing in ledger.recorded.values():
        found.setdefault(standing.story, set()).add(standing.id)
    return {frozenset(members) for members in found.values()}
