"""Round-ups carry reports of several stories and join none of them; records of one form are no copies."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from pipeline.dedupe import Arrival
from tests.pipeline.dedupe.memory_ledger import MemoryLedger
from tests.pipeline.dedupe.wire import arrival, copy_groups, feed, report, stories

REPORTS = {event: report(event) for event in ("ferry", "dam", "violin")}
DIGEST = " ".join(["Good morning. Here is what happened overnight.", *REPORTS.values()])


def documents() -> list[Arrival]:
    return [*(arrival(event, text, n) for n, (event, text) in enumerate(REPORTS.items())), arrival("digest", DIGEST, 9)]


def further(ledger: MemoryLedger) -> set[str]:
    """The stories that round-ups are listed with, by the event of their first report."""
    named = {ledger.recorded[n].story: one.id for n, one in ledger.arrivals.items() if one.id != "digest"}
    return {named[one.story] for decision in ledger.decisions for one in decision.further}


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_digest_of_three_reports_makes_no_copies_of_them_and_no_story(order: tuple[int, ...]) -> None:
    ledger = feed([documents()[place] for place in order])
    assert copy_groups(ledger) == {name: name for name in (*REPORTS, "digest")}
    of_reports = {frozenset(story - {"digest"}) for story in stories(ledger)}
    assert of_reports == {frozenset({event}) for event in REPORTS}


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_digest_is_in_the_story_of_one_report_and_listed_with_the_others(order: tuple[int, ...]) -> None:
    ledger = feed([documents()[place] for place in order])
    (own,) = (story for story in stories(ledger) if "digest" in story)
    assert own - {"digest"} | further(ledger) == set(REPORTS)


def test_a_digest_of_one_report_is_its_copy() -> None:
    ledger = feed([arrival("ferry", REPORTS["ferry"]), arrival("long", REPORTS["ferry"] + report("dam", 1), 1)])
    assert copy_groups(ledger) == {"ferry": "ferry", "long": "ferry"}


def test_two_digests_of_the_same_reports_are_copies_of_each_other() -> None:
    ledger = feed([*documents(), arrival("reprint", DIGEST + " Have a good day.", 10)])
    assert copy_groups(ledger) == {name: name for name in REPORTS} | {"digest": "digest", "reprint": "digest"}


FORM = (
    "{name}, a {age}-year-old man, died {day} after being shot on {street} in Corvale, according to Corvale County "
    "coroner's records. Anyone with information is asked to call the Corvale County homicide bureau."
)
VICTIMS = [
    ("Owen Harlan", 24, "Friday, April 7,", "Keel Road"), ("Amos Ridell", 31, "Sunday, Jan. 2,", "Mill Lane"),
    ("Tino Bravar", 19, "Thursday, July 13,", "Pine Court"), ("Hal Ostrom", 52, "Saturday, Aug. 8,", "Dock Street"),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_records_of_one_form_are_no_copies(seed: int) -> None:
    records = [
        arrival(name, FORM.format(name=name, age=age, day=day, street=street)) for name, age, day, street in VICTIMS
    ]
    ledger = feed(random.Random(seed).sample(records, len(records)))
    assert copy_groups(ledger) == {name: name for name, *_ in VICTIMS}


def test_a_copy_with_a_new_toll_is_one_all_the_same() -> None:
    first = report("ferry") + "Nordline said 12 were hurt. "
    ledger = feed([arrival("first", first), arrival("later", first.replace("12 were", "19 were"), 2)])
    assert copy_groups(ledger) == {"first": "first", "later": "first"}
