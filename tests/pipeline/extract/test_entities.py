"""Entities: mended labels, and one name for all mentions of the same."""

from __future__ import annotations

from pipeline.extract import extract
from schemas.records import Entity

TEXT = (
    "The River Defence League (RDL) held the bridge, said Tariq Sohrabi, a spokesman for the league. "
    "The Daily Harbour Post first reported it.\n"
    "“The RDL will stay,” Sohrabi told the DHP on Monday."
)


def entities(text: str) -> dict[str, Entity]:
    return {entity.text: entity for entity in extract(text).entities}


def test_a_surname_has_the_full_name() -> None:
    found = entities(TEXT)
    assert found["Sohrabi"].name == "Tariq Sohrabi"
    assert found["Sohrabi"].label == "PERSON"


def test_an_acronym_has_the_name_it_stands_for() -> None:
    found = entities(TEXT)
    assert found["RDL"].name == "River Defence League"


def test_a_name_with_a_role_is_a_person() -> None:
    found = entities("Shells fell on the camp, said Fahim Karokhi, a spokesman for the militia in Panjshir.")
    assert found["Fahim Karokhi"].label == "PERSON"


def test_two_people_of_one_surname_stay_two() -> None:
    found = entities("Ahmad Ravan spoke. Ahmad Shah Ravan, his father, died in 2001. Ahmad Ravan left.")
    assert found["Ahmad Ravan"].name == "Ahmad Ravan"
    assert found["Ahmad Shah Ravan"].name == "Ahmad Shah Ravan"
