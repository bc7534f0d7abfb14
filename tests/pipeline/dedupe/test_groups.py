"""Groups: which phrases count the same people."""

from __future__ import annotations

import pytest

from pipeline.dedupe.groups import Group, group, joined


def same(*phrases: str | None) -> list[int]:
    groups = [group(phrase) for phrase in phrases]
    return joined([one for one in groups if one is not None])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ravni fighters", "the Ravni"),
        ("Ravni militants", "Ravni gunmen"),
        ("members of the Ravni", "Ravni dead"),
        ("people", None),
        ("victims", "people"),
        ("people in the market", "people"),
        ("Afghan soldiers", "troops of Afghanistan"),
        ("US citizens", "American citizens"),
        ("residents", "civilians"),
        ("miners", "miner"),
        ("children", "kids"),
        ("Americans", "US citizens"),
        ("police officers", "officers"),
        ("military personnel", "soldiers"),
        ("Malian soldiers", "soldiers of Mali"),
        ("Iraqi soldiers", "troops from Iraq"),
        ("Kurds", "Kurdish victims"),
        ("Tunisian tourists", "tourists of Tunisia"),
    ],
)
def test_phrases_that_count_the_same_people(one: str, other: str | None) -> None:
    assert same(one, other) == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("children", "people"),
        ("Ravni fighters", "Dolan fighters"),
        ("Ravni fighters", "Ravni children"),
        ("soldiers", "civilians"),
        ("American citizens", "people"),
        ("miners", "divers"),
        ("Palestinians", "Palestinian children"),
        ("Afghans", "Afghan soldiers"),
        ("North Korean soldiers", "South Korean soldiers"),
        ("Islamic State fighters", "Islamic Jihad fighters"),
        ("Nigerian soldiers", "Nigerien soldiers"),
        ("Austrian tourists", "Australian tourists"),
        ("army officers", "police"),
        ("medical personnel", "soldiers"),
        ("family members", "people"),
    ],
)
def test_phrases_that_count_different_people(one: str, other: str) -> None:
    assert same(one, other) == [0, 1]


def test_a_kind_without_a_name_is_the_only_named_group_of_that_kind() -> None:
    assert same("Ravni fighters", "the Ravni", "militants") == [0, 0, 0]
    assert same("Ravni fighters", "Dolan fighters", "militants") == [0, 1, 2]


def test_an_armed_movement_is_its_fighters() -> None:
    assert same("militants", "the Taliban") == [0, 0]
    assert same("the Houthis", "Houthi rebels", "gunmen", "Houthi children") == [0, 0, 0, 3]
    assert same("ISIS fighters", "Islamic State militants", "Daesh", "jihadists") == [0, 0, 0, 0]
    assert same("RSF fighters", "the Rapid Support Forces", "the RSF") == [0, 0, 0]
    assert same("IDF soldiers", "the IDF", "girls", "babies") == [0, 0, 2, 2]
    assert same("Islamic State", "Islamic State Khorasan", "ISKP") == [0, 1, 1]
    assert same("militants", "Boko Haram", "Islamic State members") == [0, 1, 2]
    assert same("militants", "Taliban officials") == same("militants", "the Afghans") == [0, 1]


def test_a_name_that_several_groups_have_is_joined_with_none_of_them() -> None:
    assert same("North Korean soldiers", "South Korean soldiers", "Korean soldiers") == [0, 1, 2]
    assert same("Pakistani Taliban fighters", "Afghan Taliban fighters", "the Taliban") == [0, 1, 2]
    assert same("the Taliban", "Taliban fighters", "militants", "Taliban children") == [0, 0, 0, 3]


@pytest.mark.parametrize("phrase", ["members", "personnel", "some of its members"])
def test_part_of_a_body_that_is_not_named_counts_no_group(phrase: str) -> None:
    assert group(phrase) is None


@pytest.mark.parametrize("phrase", ["others", "another soldier", "two more people", "the rest"])
def test_a_remainder_counts_no_group(phrase: str) -> None:
    assert group(phrase) is None


@pytest.mark.parametrize("phrase", [None, "", "the", "…"])
def test_no_words_count_everybody(phrase: str | None) -> None:
    assert group(phrase) == Group("everybody", frozenset())
