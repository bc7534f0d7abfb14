"""Copies: containment on real texts, groups that no order changes, and boilerplate that joins nobody."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime

import pytest

from pipeline.dedupe import Arrival, Limits
from tests.faults.documents import portions
from tests.pipeline.dedupe.wire import EVENTS, FERRY, arrival, babble, copy_groups, feed, report, stories


def test_an_excerpt_is_a_copy_of_the_long_report_it_was_cut_from() -> None:
    long = babble(1, 900)
    excerpt = babble(2, 20) + " ".join(long.split()[:150])
    for documents in ([("long", long), ("excerpt", excerpt)], [("excerpt", excerpt), ("long", long)]):
        ledger = feed(arrival(name, text, 0 if name == "long" else 1) for name, text in documents)
        assert copy_groups(ledger) == {"long": "long", "excerpt": "long"}


@pytest.mark.parametrize("event", EVENTS)
def test_two_sentences_of_a_long_report_are_its_copy_whichever_came_first(event: str) -> None:
    for sentence in range(7):
        long = arrival("long", report(event) + babble(5, 500))
        brief = arrival("brief", report(event, sentence, sentence + 1), 1)
        for documents in ([long, brief], [brief, long]):
            assert copy_groups(feed(documents)) == {"long": "long", "brief": "long"}


def test_the_earliest_published_is_the_one_copied_whichever_came_first() -> None:
    text = report("ferry")
    ledger = feed([arrival("reprint", text, 5), arrival("wire", text, 1), arrival("late", text, 9)])
    assert copy_groups(ledger) == {"reprint": "wire", "wire": "wire", "late": "wire"}


def test_a_text_that_shares_less_than_the_threshold_is_no_copy() -> None:
    shared = babble(1, 100)
    one, other = shared + babble(2, 100), shared + babble(3, 100)
    assert copy_groups(feed([arrival("one", one), arrival("other", other, 1)])) == {"one": "one", "other": "other"}
    joined = feed([arrival("one", one), arrival("other", other, 1)], Limits(copy=0.4))
    assert copy_groups(joined) == {"one": "one", "other": "one"}


def test_the_change_says_how_much_was_contained_and_of_which_document() -> None:
    ledger = feed([arrival("wire", babble(1, 200))])
    ledger.decisions.clear()
    half = babble(1, 200) + babble(2, 50)
    ledger = feed([arrival("wire", babble(1, 200)), arrival("paper", half, 1)])
    (change,) = ledger.decisions[-1].copies
    assert (change.copy_of, change.compared) == (1, 1)
    assert change.score == pytest.approx(1.0, abs=0.02)


def test_a_document_that_becomes_a_copy_later_names_the_one_it_is_nearest_to() -> None:
    whole = babble(1, 200).split()
    second, all_of_it, first = (" ".join(part) for part in (whole[100:], whole, whole[:100]))
    ledger = feed([arrival("second", second, 1), arrival("all", all_of_it, 2), arrival("first", first, 0)])
    assert set(copy_groups(ledger).values()) == {"first"}
    changed = {change.number: change for change in ledger.decisions[-1].copies}
    assert (changed[1].compared, changed[1].score) == (2, 1.0), "with the first half it shares nothing"


def test_documents_beyond_the_window_are_no_copies() -> None:
    first, again = arrival("first", report("dam")), arrival("again", report("dam"), 24 * 90)
    assert copy_groups(feed([first, again], Limits(window_days=60))) == {"first": "first", "again": "again"}


def test_a_group_is_connected_through_a_document_that_joins_two() -> None:
    first, second = report("ferry", 0, 1, 2, 3), report("ferry", 4, 5, 6, 7)
    ledger = feed([arrival("a", first, 0), arrival("b", second, 1), arrival("both", first + second, 2)])
    assert copy_groups(ledger) == {"a": "a", "b": "a", "both": "a"}


def test_a_text_in_chinese_is_matched_by_its_characters() -> None:
    text = (
        "渡轮奥雷利娅号周一深夜在斯卡沃岛附近触礁搁浅，船上共有二百一十二人。"
        "海岸警卫队说，该船在撞上礁石前几分钟失去了动力。船长命令乘客登上救生艇。"
    )
    other = (
        "工程师周四打开了凯洛瓦蒂大坝的两个泄洪道，此前连续三天降下季风暴雨。"
        "下游村庄被要求在河水达到最高点之前把牲畜转移到高地。"
    )
    documents = [
        arrival("wire", text, 0, language="zh"),
        arrival("paper", text[: len(text) * 2 // 3] + "本报记者报道。", 1, language="zh"),
        arrival("unlike", other, 2, language="zh"),
    ]
    assert copy_groups(feed(documents)) == {"wire": "wire", "paper": "wire", "unlike": "unlike"}


GALLERY = (
    "All pictures in this gallery are free to embed on pages that keep the credit line and link to the original frame. "
    "Prints may be ordered through the reader service until the last day of each month. The picture desk answers "
    "questions about captions on weekdays. To remove a photograph that shows you or your property, write to the desk "
    "and give the number under the frame. Use of any frame in advertising needs a licence in writing. "
)
CAPTIONS = {
    "ferry": "Waves break over the ferry Aurelia on the reef off Skarvoy.",
    "dam": "Water pours from both spillways of the Kelowati dam.",
    "violin": "The Contessa, a violin by Bellinzoni, before the sale in Geneva.",
    "goats": "A farmer in Ostrava leads prize goats through the autumn market.",
    "comet": "Comet Ferreira-Lund seen above the observatory at Cerro Alto.",
    "chess": "Grandmaster Ilse Brandt ponders a rook sacrifice in Reykjavik.",
}


@pytest.mark.parametrize("seed", range(6))
def test_pages_that_are_mostly_one_site_s_boilerplate_are_no_copies_and_no_story(seed: int) -> None:
    pages = [arrival(name, GALLERY + caption, at, title=caption) for at, (name, caption) in enumerate(CAPTIONS.items())]
    random.Random(seed).shuffle(pages)
    ledger = feed(pages)
    assert copy_groups(ledger) == {name: name for name in CAPTIONS}
    assert stories(ledger) == {frozenset({name}) for name in CAPTIONS}


def test_a_page_of_boilerplate_is_still_a_copy_where_its_own_words_are_the_same() -> None:
    pages = [arrival(name, GALLERY + caption, at, title=caption) for at, (name, caption) in enumerate(CAPTIONS.items())]
    again = arrival("again", GALLERY + CAPTIONS["dam"], 30, title=CAPTIONS["dam"])
    groups = copy_groups(feed([*pages, again]))
    assert groups["again"] == "dam"
    assert groups | {"again": "again"} == {name: name for name in (*CAPTIONS, "again")}


def test_a_wire_report_that_many_papers_carry_is_not_boilerplate() -> None:
    wire = report("ferry", 0, 1, 2, 3, 4, 5)
    papers = [arrival("wire", wire, 0, title="Ferry Aurelia runs aground off Skarvoy")]
    for number in range(6):
        own = babble(number, 12)
        papers.append(arrival(f"paper {number}", own + wire, number + 1, title=f"Skarvoy ferry aground {number}"))
    assert set(copy_groups(feed(papers)).values()) == {"wire"}


@pytest.mark.parametrize("seed", range(4))
def test_papers_that_add_a_line_and_a_headline_of_their_own_carry_one_copy_in_any_order(seed: int) -> None:
    papers = [
        arrival(name, report("ferry") + f"In our own words: {caption}", at, title=caption, source=f"{name}.example")
        for at, (name, caption) in enumerate(CAPTIONS.items())
    ]
    wire = arrival("wire", report("ferry"), -1, title="Ferry Aurelia runs aground off Skarvoy", source="wire.example")
    everybody = [*papers, wire]
    ledger = feed(random.Random(seed).sample(everybody, len(everybody)))
    assert set(copy_groups(ledger).values()) == {"wire"}
    assert len(stories(ledger)) == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_page_posted_again_or_without_words_of_its_own_glues_no_site_together(seed: int) -> None:
    pages = list(CAPTIONS.items())
    pages += [(f"dam again {number}", CAPTIONS["dam"]) for number in range(5)] + [("bare", "Gallery")]
    random.Random(seed).shuffle(pages)
    groups = copy_groups(
        feed(
            arrival(name, GALLERY + (caption if name != "bare" else ""), at, title=caption, source="site.example")
            for at, (name, caption) in enumerate(pages)
        )
    )
    (dam,) = {groups[name] for name, caption in pages if caption == CAPTIONS["dam"]}
    assert {name: head for name, head in groups.items() if head != dam} == {
        name: name for name, caption in pages if caption != CAPTIONS["dam"]
    }


def ferries() -> list[Arrival]:
    """A wire report, papers that carry parts of it, and two reports of their own."""
    return [
        arrival("wire", report("ferry"), 0),
        arrival("top", babble(1, 5) + "".join(FERRY[:4]), 1),
        arrival("middle", "".join(FERRY[2:6]), 2),
        arrival("undated", "".join(FERRY[:6]) + babble(2, 8), None),
        arrival("dam", report("dam"), 2),
        arrival("violin", report("violin"), 3),
        arrival("dam again", report("dam", 0, 1, 2, 3, 4), 4),
    ]


@pytest.mark.parametrize("seed", range(12))
def test_no_order_of_arrival_changes_the_groups(seed: int) -> None:
    shuffled = random.Random(seed).sample(ferries(), len(ferries()))
    groups = copy_groups(feed(shuffled))
    assert {name: groups[name] for name in ("top", "middle", "undated")} == dict.fromkeys(
        ("top", "middle", "undated"), groups["wire"]
    )
    assert (groups["dam again"], groups["violin"]) == ("dam", "violin")


def test_a_key_with_many_carriers_is_kept_for_the_latest() -> None:
    limits = Limits(carriers=5)
    ledger = feed((arrival(f"{n}", report("ferry"), n) for n in range(12)), limits)
    assert {tuple(numbers) for numbers in ledger.index.values()} == {(8, 9, 10, 11, 12)}
    assert set(copy_groups(ledger).values()) == {"0"}


def test_a_group_larger_than_what_is_loaded_follows_its_new_earliest_document() -> None:
    papers = [arrival(f"paper {n}", report("ferry"), n + 5) for n in range(30)]
    ledger = feed([*papers, arrival("wire", report("ferry"), 0)], Limits(members=4))
    assert set(copy_groups(ledger).values()) == {"wire"}


def test_a_document_makes_few_calls() -> None:
    ledger = feed([*ferries(), arrival("last", report("ferry"), 9)])
    assert max(ledger.calls) <= 8


@pytest.mark.parametrize("text", ["", "One.", "…", "a b c d", "\u0301", "٣٤"])
def test_texts_of_next_to_no_words_are_taken(text: str) -> None:
    ledger = feed([arrival("one", text), arrival("other", text, 1), arrival("report", report("dam"), 2)])
    assert copy_groups(ledger)["report"] == "report"


@pytest.mark.parametrize("seed", [4, 8])
def test_short_reports_of_one_pattern_have_no_boilerplate_and_the_same_copies_in_any_order(seed: int) -> None:
    reports = [
        replace(arrival(raw["id"], raw["content"], title=raw["title"], source=raw["source"]),
                published=datetime.fromisoformat(raw["published"]))
        for portion in portions(3, 10, 32) for raw in portion
    ]  # fmt: skip
    shuffled = feed(random.Random(seed).sample(reports, len(reports)))
    assert not [decision for decision in shuffled.decisions if decision.profiles]
    assert copy_groups(shuffled) == copy_groups(feed(reports))
