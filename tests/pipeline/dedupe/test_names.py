"""The names that reports lead with, and what they say for or against one event."""

from __future__ import annotations

import pytest

from pipeline.dedupe.names import Named, leading_names, names_shared
from pipeline.dedupe.profile import profile
from pipeline.dedupe.words import words_of_both
from tests.pipeline.dedupe.wire import arrival, feed, stories


def told(text: str, title: str = "") -> Named:
    words = words_of_both(text, title)
    return Named(leading_names(*words), (), profile(*words)[0].pack())


QUARRY = "Police say that Tomas Brenneke of Skarvoy shot a neighbour on Tuesday."


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        ("On Friday officers found Ilse Ridell and Amos Harlan shot in Nordhamn.", 0),
        ("A judge told Tomas Oyelaran of Calatrina to pay.", 1),
        ("SKARVOY - A man named Brenneke was charged.", 2),
        ("A man was charged on Tuesday after police found a neighbour shot.", -1),
    ],
)
def test_names_of_leads_are_counted_where_both_have_some(other: str, shared: int) -> None:
    assert names_shared([told(QUARRY)], [told(other)])[0, 0] == shared
    assert names_shared([told(other)], [told(QUARRY)])[0, 0] == shared


def test_the_headline_names_too_but_not_with_the_common_words_that_it_capitalises() -> None:
    assert told("It happened at night.", "Man Shot In Skarvoy, Police Say")[0] == told("It fell.", "Skarvoy")[0]


def test_a_name_below_the_lead_is_known_where_it_is_among_the_telling_words() -> None:
    filler = "The night was long and the road was wet. " * 20
    other = "Ilse Ridell met Amos Harlan. " + filler + "Later Tomas Brenneke spoke."
    assert names_shared([told(QUARRY)], [told(other)])[0, 0] == 2


FORM = (
    "{who} was found shot dead in a driveway of {where} before dawn. Detectives are investigating the shooting and ask "
    "witnesses to call. The gunman fled on foot, the suspect is at large and no arrests were made. The victim was "
    "pronounced dead at a hospital of gunshot wounds."
)


def test_reports_of_one_kind_whose_leads_name_others_are_no_story() -> None:
    incidents = {"Tomas Brenneke": "Skarvoy Kelowati", "Ilse Ridell": "Nordhamn Tarobad", "Hal Ostrom": "Vidrio Ostry"}
    texts = [FORM.format(who=f"A driver named {who}", where=where) for who, where in incidents.items()]
    texts.append("Neighbours mourn Brenneke. " + texts[0].replace("shot dead", "slain"))
    ledger = feed(arrival(str(at), text, at) for at, text in enumerate(texts))
    assert stories(ledger) == {frozenset({"0", "3"}), frozenset({"1"}), frozenset({"2"})}
