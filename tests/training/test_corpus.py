"""The corpus is as its README says, and what is wrong with one is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from training.check import faults, passage_faults
from training.corpus import CorpusError, read_set, read_sets
from training.judged import read_judged, save_judged
from training.passages import read_passage, read_passages

TEXT = "Police said eight miners died.\n\nThe union says eleven."
CLAIM: dict[str, Any] = {
    "doc": "a", "figure": "eight", "sentence": "Police said eight miners died.", "value": 8, "low": 8, "high": 8,
    "qualifier": "exact", "measure": "killed", "group": "miners", "claimant": "Police", "claimant_name": "Police",
    "relay": None, "status": "stated", "scope": "event",
}  # fmt: skip


def written(folder: Path, disputes: list[Any] | None = None, **changed: Any) -> Path:
    """A story set of one article with one claim."""
    folder.mkdir(parents=True)
    head = "source: echo.example\npublished: 2026-03-01T09:00:00Z\ntitle: Mine\n\n"
    (folder / "a.txt").write_text(head + TEXT, encoding="utf-8")
    (folder / "claims.jsonl").write_text(json.dumps(CLAIM | changed) + "\n", encoding="utf-8")
    (folder / "disputes.json").write_text(json.dumps({"event": "A mine", "disputes": disputes or []}), encoding="utf-8")
    return folder


@pytest.mark.parametrize("part", ["training", "unseen"])
def test_every_set_is_as_the_readme_says(part: str) -> None:
    stories = read_sets(part)
    assert stories
    assert [fault for story in stories for fault in faults(story)] == []


def test_no_writer_is_in_both_parts() -> None:
    training, unseen = ({story.writer for story in read_sets(part)} for part in ("training", "unseen"))
    assert not training & unseen


def test_a_claim_stands_where_its_sentence_says(tmp_path: Path) -> None:
    (article,) = read_set(written(tmp_path / "w" / "s")).articles
    (claim,) = article.claims
    assert article.text[claim.start : claim.end] == "eight"


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"sentence": "Police said nine miners died."}, "claims.jsonl:1"), ({"figure": "nine"}, "claims.jsonl:1")],
)
def test_a_claim_that_its_text_does_not_hold_is_named_by_its_line(
    tmp_path: Path, changed: dict[str, Any], named: str
) -> None:
    with pytest.raises(CorpusError, match=named):
        read_set(written(tmp_path / "w" / "s", **changed))


@pytest.mark.parametrize(
    "changed",
    [{"measure": "drowned"}, {"low": None}, {"group": "sailors"}, {"claimant": None}, {"scope": "all"}, {"extra": 1}],
)
def test_a_field_that_is_wrong_is_a_fault(tmp_path: Path, changed: dict[str, Any]) -> None:
    assert list(faults(read_set(written(tmp_path / "w" / "s", **changed)))) != []


def test_a_dispute_of_figures_that_agree_or_that_nobody_states_is_a_fault(tmp_path: Path) -> None:
    agree = {"measure": "killed", "pairs": [[{"low": 8, "high": 8}, {"low": 8, "high": None}]]}
    found = list(faults(read_set(written(tmp_path / "w" / "s", [agree]))))
    assert any("can both be true" in fault for fault in found)
    assert any("no stated claim" in fault for fault in found)


@pytest.mark.parametrize("part", ["training", "unseen"])
def test_every_passage_is_as_the_readme_says(part: str) -> None:
    for passage in read_passages(part):
        assert passage.annotated or len(passage.figures) >= 2, passage.article.id
        for start, end in passage.figures.values():
            assert passage.article.text[start:end].strip()
        assert not list(passage_faults(passage))


def test_no_writer_of_passages_is_in_both_parts() -> None:
    training, unseen = ({each.article.writer for each in read_passages(part)} for part in ("training", "unseen"))
    assert not training & unseen


def test_what_was_judged_is_of_writers_of_training_passages(tmp_path: Path) -> None:
    judged = read_judged()
    assert {each.writer for each in judged} <= {passage.article.writer for passage in read_passages("training")}
    assert {each.contradict for each in judged} == {True, False}
    save_judged(judged[:3], tmp_path / "judged.jsonl")
    assert read_judged(tmp_path / "judged.jsonl") == judged[:3]


def test_marks_of_a_passage_become_places() -> None:
    line = {
        "title": "Mine",
        "text": "Police said <a>eight</a> died; the union says <b>11</b>.",
        "against": [["a", "b"]],
    }
    passage = read_passage(json.dumps(line), "w:1", "w")
    assert passage.article.text == "Police said eight died; the union says 11."
    assert [passage.article.text[slice(*passage.figures[letter])] for letter in "ab"] == ["eight", "11"]
    assert passage.against == {frozenset("ab")}


@pytest.mark.parametrize(
    ("text", "against"),
    [("<a>eight</a> died", [["a", "b"]]), ("<a>eight died", []), ("eight</a> died", []), ("<a>e<b>i</b></a>", [])],
)
def test_a_passage_with_half_a_mark_or_an_unknown_letter_is_refused(text: str, against: list[list[str]]) -> None:
    with pytest.raises(ValueError, match="mark"):
        read_passage(json.dumps({"title": "Mine", "text": text, "against": against}), "w:1", "w")


def test_claims_of_a_passage_stand_where_its_marks_stood() -> None:
    line = {
        "title": "Mine",
        "text": "Police said <a>eight</a> died; the union says <b>11</b>.",
        "claims": {"a": ["killed", "stated", "event", "Police"], "b": ["killed", "stated", "part", "the union"]},
        "against": ["ab"],
    }
    passage = read_passage(json.dumps(line), "w:1", "w")
    assert [(claim.fields["figure"], claim.fields["claimant_name"]) for claim in passage.article.claims] == [
        ("eight", "Police"),
        ("11", "the union"),
    ]
    assert list(passage_faults(passage)) == ["w:1: a and b disagree and are not both stated counts of the whole"]


def test_a_passage_without_a_claim_is_annotated_all_the_same() -> None:
    text = "Two guards shot a man in 2004."
    none = read_passage(json.dumps({"title": "Gate", "text": text, "claims": {}, "against": []}), "w:1", "w")
    unknown = read_passage(json.dumps({"title": "Gate", "text": text, "against": []}), "w:2", "w")
    assert (none.annotated, none.article.claims, unknown.annotated) == (True, (), False)


@pytest.mark.parametrize(
    "claims",
    [
        {"b": ["killed", "stated", "event", None]},
        {"a": ["dead", "stated", "event", None]},
        {"a": ["killed", "stated", "event", "the union"]},
    ],
)
def test_a_passage_with_claims_of_other_figures_words_or_claimants_is_refused(claims: dict[str, object]) -> None:
    line = {"title": "Mine", "text": "Police said <a>eight</a> died.", "claims": claims, "against": []}
    with pytest.raises(ValueError, match=r"marked figures|not a measure|does not hold the claimant"):
        read_passage(json.dumps(line), "w:1", "w")
