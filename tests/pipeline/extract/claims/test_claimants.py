"""Who claims a figure: speakers of quotes, those who answer for it unquoted, and the outlet itself."""

from __future__ import annotations

from typing import Literal

import pytest

from pipeline.extract.analysis import analyse
from pipeline.extract.claims import find_claims
from pipeline.extract.entities import find_entities
from pipeline.extract.quotes import find_quotes
from schemas.records import Claim, Entity, Quote


def quote(text: str, content: str, speaker: str, **fields: str) -> Quote:
    start, at = text.index(content), text.index(speaker)
    kind: Literal["direct", "indirect"] = "direct" if text[start - 1 : start] in ('"', "“") else "indirect"
    names = {"speaker_name": speaker} | fields
    return Quote(
        kind, start, start + len(content), content, "said", speaker, at, at + len(speaker), names["speaker_name"],
        names.get("relay"),
    )  # fmt: skip


def claims(text: str, *quotes: Quote, entities: list[Entity] | None = None) -> list[Claim]:
    return find_claims(analyse(text), quotes, entities or [])


def test_the_speaker_of_the_quote_claims_and_its_relay_relays() -> None:
    text = "He added that eight guards were killed, according to Reuters."
    (claim,) = claims(text, quote(text, "eight guards were killed", "He", speaker_name="Omar Aziz", relay="Reuters"))
    assert (claim.claimant, claim.claimant_name, claim.relay) == ("He", "Omar Aziz", "Reuters")
    assert claim.claimant_start is not None
    assert text[claim.claimant_start : claim.claimant_end] == "He"


def test_of_nested_quotes_the_shortest_counts() -> None:
    text = "Ruiz said a nurse told her that “nine people were killed” there."
    outer = quote(text, "a nurse told her that “nine people were killed” there", "Ruiz")
    inner = quote(text, "nine people were killed", "a nurse")
    (claim,) = claims(text, outer, inner)
    assert claim.claimant == "a nurse"


def test_reported_speech_goes_on_past_its_first_clause() -> None:
    text = "He added that eight guards were killed, and the same number were injured."
    first, second = claims(text, quote(text, "eight guards were killed", "He", speaker_name="Omar Aziz"))
    assert (first.claimant_name, second.claimant_name) == ("Omar Aziz", "Omar Aziz")


def test_outside_all_quotes_the_outlet_asserts() -> None:
    text = "Nine people were killed. The mayor said the road was shut."
    (claim,) = claims(text, quote(text, "the road was shut", "The mayor"))
    assert (claim.claimant, claim.claimant_name, claim.relay) == (None, None, None)


def test_a_relative_clause_of_direct_speech_is_the_speakers() -> None:
    text = "“The storm, which killed nine people, has passed,” the mayor said."
    (claim,) = claims(text, quote(text, "The storm, which killed nine people, has passed,", "the mayor"))
    assert claim.claimant_name == "the mayor"


def test_who_puts_a_number_answers_for_it() -> None:
    text = "Another member of the council, Ana Ruiz, put the number of rebel dead at nine."
    at = text.index("Ana Ruiz")
    (claim,) = claims(text, entities=[Entity(at, at + 8, "Ana Ruiz", "PERSON", "Ana Ruiz Vega")])
    assert (claim.claimant, claim.claimant_name) == ("Ana Ruiz", "Ana Ruiz Vega")


def test_it_does_not_stand_for_those_who_are_counted() -> None:
    text = "The union said on Monday that 96 miners were below. It put the dead at six."
    assert claims(text)[-1].claimant_name in ("the union", "The union")


def test_who_confirms_answers_for_it() -> None:
    (claim,) = claims("The ministry confirmed the deaths of nine sailors.")
    assert (claim.claimant, claim.claimant_name) == ("The ministry", "the ministry")


def test_who_acts_does_not_answer_for_it() -> None:
    (claim,) = claims("Police arrested nine sailors.")
    assert claim.claimant_name is None


def test_speakers_are_not_counted() -> None:
    text = "Two officials told reporters the road was shut."
    assert claims(text, quote(text, "the road was shut", "Two officials")) == []


def test_the_owner_of_a_toll_is_named_without_the_possessive() -> None:
    text = "The ministry's toll of 40 killed in the flood was questioned by villagers."
    (claim,) = claims(text)
    assert (claim.claimant, claim.claimant_name) == ("The ministry", "the ministry")


@pytest.mark.parametrize(
    ("text", "claimant"),
    [
        ("Fighting went on all night in Tarn. The Red Cross put the militia's losses at 31 dead.", "The Red Cross"),
        ("A crowd fled the square. The mayor raised the army's casualties to 17 dead.", "The mayor"),
        (
            "A bridge fell in Tarn. The ministry said 47 had died. The opposition leader, Tom Vell, put it at 80.",
            "Tom Vell",
        ),
    ],
)
def test_who_puts_anything_at_a_number_answers_for_it_and_not_those_it_counts(text: str, claimant: str) -> None:
    doc = analyse(text)
    entities = find_entities(doc)
    *_, claim = find_claims(doc, find_quotes(doc, entities), entities)
    assert claim.claimant == claimant
