"""What the models decide, on sentences of our own that leave no doubt; and the parts they are made of."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline.extract.analysis import analyse
from pipeline.extract.claims import find_claims
from pipeline.extract.claims.claimant_types import claimant_type
from pipeline.extract.claims.linear import Model, load, save, shipped
from pipeline.extract.claims.setting import with_setting
from schemas.records import Claim, Place

PUBLISHED = datetime(2026, 9, 17, 12, tzinfo=UTC)


def read(text: str) -> list[tuple[str, str, str | None, str | None]]:
    claims = find_claims(analyse(text), [], [], title="Mine collapse kills eight in Tarn", published=PUBLISHED)
    return [(claim.figure, claim.measure, claim.status, claim.scope) for claim in claims]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eight miners were killed when the roof fell in.", ("Eight", "killed", "stated", "event")),
        ("Two of them died on the way to hospital.", ("Two", "killed", "stated", "part")),
        ("The ministry denied that 30 people had died.", ("30", "killed", "denied", "event")),
        ("In 2009 an explosion in the same pit killed 41 miners.", ("41", "killed", "stated", "other")),
        ("Police arrested 21 people.", ("21", "detained", "stated", "event")),
        ("He wanted to bring home the 64 sailors still held by pirates.", ("64", "kidnapped", "stated", "event")),
    ],
)
def test_plain_sentences(text: str, expected: tuple[str, str, str, str]) -> None:
    assert read(f"A roof fell in at a mine in Tarn on Thursday.\n{text}") == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "The mine made a profit of 12 million dollars in 2019.",
        "He was 34 years old.",
        "The shaft is 900 metres deep and closed at 6 p.m.",
        "The court heard 14 charges.",
        "Three wardens shot dead Ivo Marek, 51, outside a pub.",
        "Nine phones died within an hour and 14 batteries were dead on arrival.",
    ],
)
def test_what_counts_nobody_is_no_claim(text: str) -> None:
    assert read(text) == []


def test_a_model_counts_each_known_feature_once() -> None:
    model = Model(("no", "yes"), {"a": 0, "b": 1}, np.array([[0.0, 1.0], [0.5, 0.0]], dtype=np.float32))
    assert model.likeliest(["a", "a", "never seen"]) == model.likeliest(["a"])
    assert model.likeliest(["a"])[0] == "yes"
    assert model.probabilities([]).tolist() == [0.5, 0.5]


def test_models_are_written_the_same_each_time_and_read_as_they_were(tmp_path: Path) -> None:
    model = Model(("no", "yes"), {"wort=é": 0, "b": 1}, np.array([[0.0, 1.0], [0.5, 0.25]], dtype=np.float32))
    for name in ("one", "other"):
        save({"scope": model}, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    again = load(tmp_path / "one")["scope"]
    assert (again.classes, dict(again.rows), again.weights.tolist()) == (
        model.classes, model.rows, model.weights.tolist(),
    )  # fmt: skip


def test_the_models_that_ship_are_small_and_whole() -> None:
    assert set(shipped()) == {"first", "measure", "status", "first scope", "scope", "claimant", "contradiction"}
    assert all(np.isfinite(model.weights).all() for model in shipped().values())


@pytest.mark.parametrize(
    ("claimant", "name", "kind"),
    [
        ("He", "Colonel Idris Marwan", "belligerent"),
        ("the ministry", "the interior ministry", "government"),
        ("Harlow police", None, "police"),
        ("A nurse", "a nurse at the hospital", "health"),
        ("UNHCR", "UNHCR", "un"),
        ("the union", "the Shaftmen's Union", "ngo"),
        ("the airline", "Andes del Sur", "company"),
        ("Witnesses", None, "witness"),
        ("Radio Harbour", "Radio Harbour", "media"),
        ("Ana Ruiz", "Ana Ruiz", "other"),
    ],
)
def test_the_type_of_a_claimant_is_told_by_its_words(claimant: str, name: str | None, kind: str) -> None:
    assert claimant_type(claimant, name) == kind


def test_a_figure_is_set_at_the_narrowest_place_of_its_sentence_and_its_date() -> None:
    text = "Eight people died in Lirio, Spain, on Tuesday."
    claim = Claim(0, 5, "Eight", 8, 8, 8, "exact", "killed", 0, len(text))
    places = [
        Place(28, 33, "Spain", "Spain", 2510769, "ESP", None, 40.0, -4.0, "country"),
        Place(21, 26, "Lirio", "Lirio", 1, "ESP", "51", 36.0, -5.0, "town"),
    ]
    found = with_setting(claim, text, places, PUBLISHED)
    assert (found.place, found.geonameid, found.place_precision) == ("Lirio", 1, "town")
    assert (found.event_date, found.event_date_precision) == (date(2026, 9, 15), "day")
    bare = with_setting(claim, text, [], None)
    assert (bare.place, bare.event_date) == (None, None)
