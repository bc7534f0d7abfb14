"""The data files say what they mean: known measures and roles, no word in one role of two measures."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import pytest

from pipeline.extract.analysis import analyse
from pipeline.extract.claims.data import read_words
from pipeline.extract.claims.triggers import Role, find_triggers
from pipeline.measures import TRAITS, importance, least, measures, measures_of, patterns, said
from schemas.records import Measure

PATTERNS = patterns()


def test_every_measure_has_its_patterns() -> None:
    assert set(get_args(Measure)) == set(PATTERNS) - {"plain", "places"}


@pytest.mark.parametrize("measure", get_args(Measure))
def test_every_list_is_one_of_a_role(measure: str) -> None:
    assert {name.rpartition("_")[2] for name in PATTERNS[measure].keys() - TRAITS} <= set(get_args(Role))


def test_what_kind_of_measure_it_is_stands_in_its_table() -> None:
    assert PATTERNS["strength"]["force"] is True
    assert measures_of("force") == {"strength"}
    assert measures_of("bare") < measures_of("harm") < set(get_args(Measure))
    assert (least("strength"), least("killed")) == (PATTERNS["strength"]["least"], 0)


def test_lists_and_pages_take_order_and_words_from_the_tables() -> None:
    assert list(measures()) == [name for name in PATTERNS if name not in ("plain", "places")]
    assert [importance(name) for name in measures()] == list(range(len(measures())))
    assert importance("not a measure") == len(measures())
    assert [said(name) for name in ("killed", "strength")] == ["killed", PATTERNS["strength"]["said"]]


def test_no_phrase_has_one_role_in_two_measures() -> None:
    for one, other in combinations(get_args(Measure), 2):
        for name in (PATTERNS[one].keys() & PATTERNS[other].keys()) - TRAITS:
            assert not set(PATTERNS[one][name]) & set(PATTERNS[other][name]), (one, other, name)


def test_no_noun_is_a_person_and_an_animal() -> None:
    assert not read_words("people.txt") & (read_words("animals.txt") | read_words("things.txt"))


def test_the_longest_trigger_at_a_word_wins() -> None:
    triggers = find_triggers(analyse("They were shot dead, others taken to a local hospital.").analysis)
    assert {trigger.measure for trigger in triggers.at(2, "object", "state")} == {"killed"}
    assert {trigger.measure for trigger in triggers.up_to(10, "object")} == {"injured"}


def test_a_gap_crosses_no_comma() -> None:
    assert find_triggers(analyse("He was taken to court, hospital").analysis).up_to(6, "object") == []


def test_gaps_of_three_words_are_bridged_and_longer_ones_not() -> None:
    triggers = find_triggers(analyse("Medics treated the old man for some very severe injuries.").analysis)
    assert [(trigger.end, trigger.measure) for trigger in triggers.at(1, "object")] == [(10, "injured")]
    assert find_triggers(analyse("He was taken to the big new city hospital.").analysis).up_to(8, "object") == []


def test_phrases_with_gaps_may_follow_each_other_closely() -> None:
    triggers = find_triggers(analyse("He was taken to a clinic, she taken to a big hospital.").analysis)
    assert [(start, trigger.end) for start in (2, 8) for trigger in triggers.at(start, "object")] == [(2, 6), (8, 13)]


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("Two men froze to death.", "froze"),
        ("Nine people bled to death.", "bled"),
        ("The mob had beaten the men to death.", "beaten"),
        ("Troops wiped out 40 fighters.", "wiped"),
        ("Four people were flown to a hospital.", "flown"),
        ("Guards beat the men to death.", "beat"),
    ],
)
def test_irregular_verbs_are_triggers_in_every_form(sentence: str, word: str) -> None:
    doc = analyse(sentence)
    (token,) = [token.i for token in doc if token.text == word]
    assert find_triggers(doc.analysis).at(token, "object", "subject")
