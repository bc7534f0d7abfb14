"""Stories: one event each, in any order of arrival, with ids that stay and merges that are recorded."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pipeline.dedupe import Arrival, Limits
from pipeline.dedupe.stories import founded_on
from tests.pipeline.dedupe.wire import arrival, feed, report, stories

TITLES = {
    "ferry": "Ferry Aurelia aground off Skarvoy",
    "dam": "Kelowati dam opens spillways",
    "violin": "The Contessa sold",
}
PARTS = ((0, 1, 2), (2, 3, 4), (0, 5, 6), (1, 4, 7), (0, 3, 6, 7))


def reports() -> list[Arrival]:
    """Five reports of each event, no two of them copies, some undated and some untitled."""
    return [
        arrival(
            f"{event} {number}",
            report(event, *lines),
            None if number == 2 else 7.0 * number,
            title=TITLES[event] if number % 2 else None,
        )
        for event in TITLES
        for number, lines in enumerate(PARTS)
    ]


@pytest.mark.parametrize("seed", range(10))
def test_reports_of_one_event_are_one_story_in_any_order(seed: int) -> None:
    ledger = feed(random.Random(seed).sample(reports(), len(reports())))
    assert stories(ledger) == {frozenset(f"{event} {n}" for n in range(len(PARTS))) for event in TITLES}


PILOT = "Harbour pilot Osvaldo Brenneke has been missing since Tuesday, the port of Calatrina said. Brenneke is 58. "
FORGERY = "Police opened a warehouse on the Vidrio quay and found forged manifests of the Meridian line. "
JOINT = (
    "Osvaldo Brenneke, the harbour pilot missing from Calatrina since Tuesday, had told police of forged manifests of "
    "the Meridian line. Officers who searched a warehouse on the Vidrio quay say that Brenneke, 58, saw the Meridian "
    "manifests. "
)


def test_two_stories_that_one_report_proves_to_be_one_are_merged_and_the_merge_is_recorded() -> None:
    ledger = feed([arrival("pilot", PILOT), arrival("forgery", FORGERY, 1)])
    assert stories(ledger) == {frozenset({"pilot"}), frozenset({"forgery"})}
    ledger = feed([arrival("pilot", PILOT), arrival("forgery", FORGERY, 1), arrival("joint", JOINT, 2)])
    (story,) = stories(ledger)
    assert story == {"pilot", "forgery", "joint"}
    (merge,) = ledger.merges
    kept = ledger.recorded[1].story
    assert merge.into == kept
    assert merge.absorbed != kept
    assert 0 <= merge.score <= 1


def test_a_story_keeps_its_id_while_it_grows() -> None:
    documents = reports()[:5]
    ids = {feed(documents[:count]).recorded[1].story for count in range(1, 6)}
    assert len(ids) == 1


def test_a_change_names_the_nearest_document_and_the_words_shared_with_it() -> None:
    ledger = feed([arrival("one", report("ferry", 0, 1, 2)), arrival("two", report("ferry", 0, 3, 4), 1)])
    change = ledger.decisions[-1].stories[0]
    assert (change.number, change.compared, change.story) == (2, 1, ledger.recorded[1].story)
    assert change.score is not None
    assert Limits().story <= change.score <= 1
    assert {"skarvoy", "aurelia"} & set(change.shared)
    assert not {"the", "of", "on"} & set(change.shared)


def test_a_document_that_others_move_to_another_story_says_what_it_shares_with_its_nearest() -> None:
    wife = "Osvaldo Brenneke, a pilot of Calatrina's harbour, left home at dawn, Brenneke's wife told the port office. "
    raid = "Manifests of the Meridian line, all forged, were carried from a warehouse of the Vidrio quay by officers. "
    ledger = feed(
        [*map(arrival, "pqfg", (PILOT, wife, FORGERY, raid)), arrival("joint", JOINT), arrival("again", JOINT + wife)]
    )
    assert ledger.merges
    moved = ledger.decisions[-1].stories[1:]
    assert any(change.compared != 5 for change in moved), "one is nearer to its old fellow than to what moved it"
    for change in moved:
        assert {"brenneke", "meridian"} & set(change.shared)


BRIEFS = {
    "market": "A covered market was opened in Tarvek on Sunday. Three hundred stalls were let in a week to weavers.",
    "cubs": "Two lion cubs were born at the zoo of Tarvek, the first in eleven years. Visitors queued from dawn.",
    "smog": "Smog settled over Tarvek as families burned coal to keep warm. Masks sold out in the pharmacies.",
    "bank": "The crown fell to its lowest in Tarvek after a delay of shipments. Dealers await an auction of bonds.",
    "match": "Tarvek lost at home to Ostry in the cup. A penalty in the last minute sent the holders out.",
}


def test_a_name_that_short_texts_share_makes_no_story_of_them() -> None:
    ledger = feed(arrival(name, text, at, title=f"{name} in Tarvek") for at, (name, text) in enumerate(BRIEFS.items()))
    assert len(stories(ledger)) == len(BRIEFS)


ITEMS = {
    "council": "Tramway plans for Harrow Bramley were approved by councillors. Diggers move in next spring.",
    "arrest": "A teenager was charged with arson after a garage burned in Harrow Bramley before dawn.",
    "cricket": "The visitors collapsed for 90 at Harrow Bramley. Spin took seven wickets after lunch.",
    "bees": "Beekeepers around Harrow Bramley lost a third of their hives to mites over the winter.",
}


def test_a_name_of_two_words_makes_no_story_of_short_texts() -> None:
    ledger = feed(arrival(name, text, at) for at, (name, text) in enumerate(ITEMS.items()))
    assert len(stories(ledger)) == len(ITEMS)


def test_short_texts_on_one_event_are_one_story_all_the_same() -> None:
    again = "Keepers at Tarvek's zoo showed the lion cubs born there this week. Visitors may name both."
    ledger = feed([arrival("cubs", BRIEFS["cubs"]), arrival("again", again, 1), arrival("smog", BRIEFS["smog"], 2)])
    assert stories(ledger) == {frozenset({"cubs", "again"}), frozenset({"smog"})}


def test_a_document_that_arrives_edited_founds_a_story_of_another_id() -> None:
    assert len({founded_on("a"), founded_on("a", 2), founded_on("a", 3), founded_on("b")}) == 4
    once, edited = (feed([replace(arrival("one", report("dam")), revision=revision)]) for revision in (1, 2))
    assert once.recorded[1].story == founded_on("one")
    assert edited.recorded[1].story == founded_on("one", 2)


def test_documents_apart_in_time_beyond_the_window_share_no_story() -> None:
    first, second = arrival("one", report("dam", 0, 1, 2)), arrival("two", report("dam", 0, 2, 3), 24 * 90)
    assert len(stories(feed([first, second]))) == 1
    assert len(stories(feed([first, second], Limits(window_days=60)))) == 2


def test_an_undated_document_goes_by_its_arrival() -> None:
    dated, undated = arrival("dated", report("dam", 0, 1, 2)), arrival("undated", report("dam", 0, 2, 3), None)
    assert len(stories(feed([dated, undated], Limits(window_days=60)))) == 1
    later = replace(undated, received=undated.received.replace(year=2027))
    assert len(stories(feed([dated, later], Limits(window_days=60)))) == 2


def test_copies_are_in_one_story_however_much_else_the_longer_tells() -> None:
    digest = report("dam") + report("violin") + report("ferry")
    ledger = feed([arrival("digest", digest), arrival("ferry", report("ferry"), 1)])
    assert stories(ledger) == {frozenset({"digest", "ferry"})}


def test_a_story_larger_than_what_is_compared_goes_on_growing() -> None:
    limits = Limits(members=4)
    ledger = feed([*(replace(one, id=f"{n} {one.id}") for n in range(4) for one in reports()[:5])], limits)
    assert len(stories(ledger)) == 1
