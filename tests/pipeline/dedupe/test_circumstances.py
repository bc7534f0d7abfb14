"""Where, when and how many: what is kept of it, and what it says for or against one event."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.dedupe.circumstances import Circumstances, CircumstanceWeights, circumstances, evidence
from schemas.records import Place


def place(text: str, name: str, country: str, region: str | None = None, demonym: bool = False) -> Place:
    start = text.index(name)
    return Place(start, start + len(name), name, name, 1, country, region, 0.0, 0.0, "town", demonym)


def says(one: Circumstances, other: Circumstances) -> float:
    return float(evidence([one], [other], CircumstanceWeights())[0, 0])


def test_what_is_kept_is_unpacked_as_it_was() -> None:
    text = "Marlow, June 6, 2013 - On Tuesday 412 people and 1,200 cows left. It was 9:30 in 1999."
    kept = circumstances(text, [place(text, "Marlow", "USA", "OH")])
    assert Circumstances.unpack(kept.pack()) == kept
    assert kept.stated == date(2013, 6, 6)
    assert kept.years == (2013, 1999)
    assert kept.days == (32 * 6 + 6,)
    assert len(kept.numbers) == 2
    assert kept.weekdays == 0b10
    assert len(kept.lead_regions) == len(kept.lead_countries) == 1


def test_a_text_that_says_nothing_of_the_kind_takes_no_room() -> None:
    assert circumstances("Nothing was said.", []).pack() == b""
    assert Circumstances.unpack(b"") == Circumstances()
    assert says(Circumstances(), Circumstances()) == 0
    assert Circumstances.unpack(Circumstances(is_round_up=True).pack()).is_round_up
    named = Circumstances(numbers=(7,), names=(3, 65_535))
    assert Circumstances.unpack(named.pack()) == named
    assert Circumstances.unpack(Circumstances(numbers=(7,)).pack()).names == ()
    detailed = Circumstances(lead_regions=(1, 2, 3, 4), ages=(34,), times=(435, 20), people=(9,), names=(5,))
    assert Circumstances.unpack(detailed.pack()) == detailed
    for streets in (Circumstances(streets=(4, 7), names=(5,)), Circumstances(ages=(34,), streets=(4,), names=(5,))):
        assert Circumstances.unpack(streets.pack()) == streets
    towns = Circumstances(ages=(34,), lead_towns=(7,), towns=(7, 64_799))
    assert Circumstances.unpack(towns.pack()) == towns


def test_what_was_packed_before_there_were_details_is_read_as_it_was() -> None:
    assert Circumstances.unpack(bytes.fromhex("01010000000101" + "02" + "000000" + "0100010020000c0003000400")) == (
        Circumstances(lead_regions=(1,), regions=(1,), days=(32,), numbers=(12,), weekdays=2, names=(3, 4))
    )
    before_streets = "81010000000001" + "02" + "000000" + "010001" + "01000100" + "0c00" + "2200" + "0900" + "03000400"
    assert Circumstances.unpack(bytes.fromhex(before_streets)) == (
        Circumstances(lead_regions=(1,), regions=(1,), numbers=(12,), weekdays=2, ages=(34,), people=(9,), names=(3, 4))
    )


def in_town(lat: float, lon: float, below: float | None = None) -> Circumstances:
    """Those of a text that leads with a town, and names one of another latitude below."""
    text = "Marlow - It fell." + " And it fell." * 60 + " Far from Ostrand."
    found = [replace(place(text, "Marlow", "USA"), lat=lat, lon=lon)]
    if below is not None:
        found.append(replace(place(text, "Ostrand", "USA"), lat=below, lon=lon))
    return circumstances(text, found)


@pytest.mark.parametrize(
    ("other", "is_against"),
    [
        ((40.9, -89.1), False), ((41.2, -90.8), False), ((43.1, -90.5), True), ((40.5, -93.0), True),
        ((43.1, -90.5, 40.2), False),
    ],
)  # fmt: skip
def test_towns_of_the_leads_speak_against_one_event_where_they_are_far_apart(
    other: tuple[float, ...], is_against: bool
) -> None:
    one, far = in_town(40.1, -90.2), in_town(*other)
    assert (says(one, far) < 0) == (says(far, one) < 0) == is_against
    assert says(one, Circumstances(lead_countries=one.countries, countries=one.countries)) == 0
    assert in_town(-90.0, -180.0).towns == (0,)


LEADS = {
    "ohio": Circumstances(lead_regions=(1,), regions=(1,), lead_countries=(9,), countries=(9,)),
    "texas": Circumstances(lead_regions=(2,), regions=(2,), lead_countries=(9,), countries=(9,)),
    "texas, of ohio below": Circumstances(lead_regions=(2,), regions=(2, 1), lead_countries=(9,), countries=(9,)),
    "a country": Circumstances(lead_countries=(9,), countries=(9,)),
    "another country": Circumstances(lead_countries=(8,), countries=(8,)),
}


@pytest.mark.parametrize(
    ("one", "other", "sign"),
    [
        ("ohio", "texas", -1), ("ohio", "ohio", 1), ("ohio", "texas, of ohio below", 0), ("ohio", "a country", 0),
        ("a country", "another country", -1), ("a country", "a country", 0),
    ],
)  # fmt: skip
def test_places_of_the_leads_speak_for_or_against(one: str, other: str, sign: int) -> None:
    found = says(LEADS[one], LEADS[other])
    assert (found > 0) - (found < 0) == sign
    assert says(LEADS[other], LEADS[one]) == found


@pytest.mark.parametrize(
    ("one", "other", "sign"),
    [
        ("On Tuesday it fell.", "It fell Tuesday.", 0),
        ("On Tuesday it fell.", "It fell on Friday.", -1),
        ("On Tuesday and Friday it fell.", "It fell on Friday.", 0),
        ("On April 7 it fell.", "It fell on Jan. 2.", -1),
        ("It fell on Ostrand Road.", "Ostrand Road and Mill Street are closed.", 0),
        ("It fell on Ostrand Road.", "It fell on Mill Street.", -1),
        ("It fell on Ostrand Road.", "It fell.", 0),
        ("On April 7 it fell.", "It fell on 7 April.", 0),
        ("In 2009 it fell.", "It fell in 2013.", -1),
        ("It fell.", "It fell in 2013.", 0),
        ("Of 412 people 19 fell.", "There fell 19 of 412.", 1),
        ("Of 412 people 19 fell.", "There fell 31 of 377.", 0),
        ("At 9:30 it fell.", "It fell at 10:30.", -1),
        ("At 9:35 p.m. it fell.", "It fell at 21:42.", 0),
        ("A man aged 34 fell.", "A 27-year-old man fell.", -1),
        ("A man of Ostry, aged 34, fell.", "Two aged 34 and 27 fell.", 1),
    ],
)
def test_dates_and_numbers_speak_for_or_against(one: str, other: str, sign: int) -> None:
    found = says(circumstances(one, []), circumstances(other, []))
    assert (found > 0) - (found < 0) == sign


def test_more_numbers_in_common_say_more() -> None:
    texts = ["Of 412 people 19 fell and 23 ran.", "Of 412 people 20 fell.", "Of 412 people 19 fell and 25 ran."]
    told = [circumstances(text, []) for text in texts]
    assert says(told[0], told[2]) > says(told[0], told[1]) > 0
