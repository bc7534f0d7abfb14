"""Every piece of text that the gold names stands in its seed, so that neither can be changed without the other."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.seeds.gold_files import FOLDER, STORIES, gold_documents, gold_of, gold_stories
from tests.seeds.plain_text import documents, seed_files, source_text, stem

MEASURES = {
    "killed", "injured", "missing", "detained", "displaced", "kidnapped", "released", "strength", "other_people",
}  # fmt: skip
CASES = [pytest.param(path, name, id=name) for path in seed_files() for name in documents(path)]
TEXTS = {name: text for path in seed_files() for name, text in documents(path).items()}


@pytest.fixture
def text(path: Path, name: str) -> str:
    return documents(path)[name]


@pytest.fixture
def gold(path: Path, name: str) -> dict[str, Any]:
    return gold_of(stem(path))[name]


def test_each_seed_has_gold_and_each_gold_a_seed() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} - {STORIES} == {stem(path) for path in seed_files()}
    assert gold_documents().keys() == TEXTS.keys()


@pytest.mark.parametrize(("path", "name"), CASES)
def test_what_is_cut_kept_and_named_stands_in_the_seed(text: str, gold: dict[str, Any]) -> None:
    names = [*gold["entities"]["PERSON"], *gold["entities"]["ORG"], *gold["entities"]["GPE_or_LOC"]]
    same = [form for forms in gold["entities"]["same"] for form in forms]
    assert [piece for piece in [*gold["removed"], *gold["kept"], *names, *same] if piece not in text] == []
    assert [piece for piece in gold["kept"] if any(piece in cut for cut in gold["removed"])] == []


@pytest.mark.parametrize(("path", "name"), CASES)
def test_a_caption_is_glued_to_the_paragraph_after_it(text: str, gold: dict[str, Any]) -> None:
    if split := gold.get("caption_split"):
        assert f"\n{split['caption']} {split['paragraph_starts']}" in text


@pytest.mark.parametrize(("path", "name"), CASES)
def test_facts_stand_in_the_file(path: Path, gold: dict[str, Any]) -> None:
    written = source_text(path)
    facts = [gold.get(fact) for fact in ("title", "author", "source", "url")]
    assert [fact for fact in facts if fact is not None and fact not in written] == []
    if gold["published"] is not None:
        published = datetime.fromisoformat(gold["published"])
        assert published.utcoffset() is not None
        assert f"{published:%Y-%m-%dT%H:%M}" in written or f"{published:%a, %d %b %Y %H:%M:%S %z}" in written


@pytest.mark.parametrize(("path", "name"), CASES)
def test_quotes_stand_in_the_seed(text: str, gold: dict[str, Any]) -> None:
    for quote in gold["quotes"]:
        assert quote["text"] in text
        assert quote["speaker"] in text
        assert quote["speaker_name"] in text
        assert is_named(quote["relay"], text)
        if quote["kind"] == "direct":
            assert any(mark + quote["text"] in text for mark in '“"')
            assert len(quote["text"].split()) >= 3


@pytest.mark.parametrize(("path", "name"), CASES)
def test_claims_stand_in_the_seed_once(text: str, gold: dict[str, Any]) -> None:
    for claim in gold["claims"]:
        assert text.count(claim["within"]) == 1, claim["within"]
        assert len(re.findall(rf"\b{re.escape(claim['figure'])}\b", claim["within"])) == 1
        assert claim["measure"] in MEASURES
        for part in ("group", "claimant", "claimant_name"):
            assert claim[part] is None or claim[part] in text
        assert (claim["claimant"] is None) == (claim["claimant_name"] is None)
        assert is_named(claim["relay"], text)


@pytest.mark.parametrize(("path", "name"), CASES)
def test_bounds_follow_from_the_qualifier(gold: dict[str, Any]) -> None:
    for claim in gold["claims"]:
        value, bounds = claim["value"], (claim["low"], claim["high"])
        match claim["qualifier"]:
            case "exact":
                assert bounds == (value, value)
            case "at_least":
                assert bounds == (value, None)
            case "at_most":
                assert bounds == (None, value)
            case "more_than":
                assert bounds == (value + 1, None)
            case "fewer_than":
                assert bounds == (None, value - 1)
            case "between":
                assert value is None
                assert bounds[0] < bounds[1]
            case "about":
                assert isinstance(value, int)
                assert bounds == (None, None)
            case _:
                assert claim["qualifier"] == "vague"
                assert (value, *bounds) == (None, None, None)


def test_stories_take_in_every_document_once() -> None:
    gold = gold_stories()
    told = Counter(name for part in ("stories", "other_language") for names in gold[part].values() for name in names)
    assert told == Counter(TEXTS.keys())


def test_copies_share_their_words_and_others_do_not() -> None:
    gold = gold_stories()
    copies = {frozenset(pair) for group in gold["copies"] for pair in combinations(group, 2)}
    for pair in map(frozenset, combinations(TEXTS, 2)):
        shared = containment(*(article(name) for name in pair))
        assert shared >= 0.7 if pair in copies else shared < 0.3, (sorted(pair), shared)


def test_disputes_are_between_claimants_of_the_story_who_differ() -> None:
    gold, claims = gold_stories(), {name: document["claims"] for name, document in gold_documents().items()}
    for dispute in gold["disputes"]:
        made = [claim for name in gold["stories"][dispute["story"]] for claim in claims[name]]
        for figure in dispute["figures"]:
            assert any(
                (claim["measure"], claim["claimant_name"], claim["value"])
                == (dispute["measure"], figure["claimant_name"], figure["value"])
                for claim in made
            ), figure
        assert len({figure["claimant_name"] for figure in dispute["figures"]}) == len(dispute["figures"]) > 1
        assert len({figure["value"] for figure in dispute["figures"]}) > 1


def test_updates_are_one_figure_that_changes() -> None:
    gold, claims = gold_stories(), {name: document["claims"] for name, document in gold_documents().items()}
    for update in gold["updates"]:
        made = [claim for name in gold["stories"][update["story"]] for claim in claims[name]]
        values = {claim["value"] for claim in made if claim["measure"] == update["measure"]}
        assert len(set(update["values"])) == len(update["values"]) > 1
        assert set(update["values"]) <= values


def is_named(relay: str | None, text: str) -> bool:
    """Whether the text names the relay, if only by its verb."""
    return relay is None or relay in text or (relay == "Twitter" and "tweeted" in text)


def article(name: str) -> str:
    """The document's text less the pieces that the gold says must be cut."""
    text = TEXTS[name]
    for piece in gold_documents()[name]["removed"]:
        text = text.replace(piece, "")
    return text


def containment(one: str, other: str) -> float:
    """The share of the 5-word runs of the shorter text that stand in the longer."""
    runs = []
    for text in (one, other):
        words = re.findall(r"\w+", text.lower())
        runs.append({tuple(words[n : n + 5]) for n in range(len(words) - 4)})
    return len(runs[0] & runs[1]) / min(map(len, runs))
