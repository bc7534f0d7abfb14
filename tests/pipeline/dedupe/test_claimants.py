"""Claimants: which names are one speaker's."""

from __future__ import annotations

import pytest

from pipeline.dedupe.claimants import ClaimantName, same_speakers


def same(*told: str) -> list[int]:
    return same_speakers([ClaimantName.of(name) for name in told])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dashti", "Fahim Dashti"),
        ("the police", "Police"),
        ("Kovač", "Ana Kovac"),
        ("the coast guard", "Coastguard"),
        ("WHO", "the World Health Organization"),
        ("Ministry of Health", "MoH"),
        ("police of Kabul", "Kabul police"),
    ],
)
def test_names_of_one_speaker(one: str, other: str) -> None:
    assert same(one, other) == same(other, one) == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("officials", "hospital officials"),
        ("Imran Khan", "Asif Khan"),
        ("the army", "the navy"),
        ("A", "Anna"),
    ],
)
def test_names_of_different_speakers(one: str, other: str) -> None:
    assert same(one, other) == [0, 1]


def test_a_short_name_that_two_speakers_have_is_neither_of_them() -> None:
    assert same("Imran Khan", "Khan", "Prime Minister Imran Khan") == [0, 0, 0]
    assert same("Imran Khan", "Khan", "Asif Khan") == [0, 1, 2]
    assert same("police", "Kabul police", "Herat police") == [0, 1, 2]


def test_an_outlet_is_nobody_it_reports_on() -> None:
    assert same_speakers(
        [ClaimantName.of("Kabul Times", outlet=True), ClaimantName.of("Times"), ClaimantName.of("Kabul Times")]
    ) == [0, 1, 1]
    assert same_speakers(
        [ClaimantName.of("Kabul Times", outlet=True), ClaimantName.of("kabul times", outlet=True)]
    ) == [0, 0]
