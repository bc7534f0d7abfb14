"""Records of one form, six of each: no two are copies of one text, and no two tell one event."""

from __future__ import annotations

import random

import numpy as np
import pytest

from pipeline.dedupe import Arrival
from pipeline.dedupe.forms import is_filled
from pipeline.dedupe.shingles import shingles
from pipeline.dedupe.words import words
from tests.pipeline.dedupe.wire import arrival, copy_groups, feed, report, stories

LOTTERY = (
    "Winning numbers drawn in {0}",
    "{1} (Wire) - The winning numbers in {3} evening's drawing of the {2} Lottery's {0} game were: {4},"
    " Bonus: {5}. Estimated jackpot: ${6}. Players must match all numbers to win the jackpot. Tickets may"
    " be redeemed at any retailer of the lottery within 180 days.",
    """
    Pick Five | ALBEN | Corwen | Monday | 04-11-19-27-33 | 7 | 112,000
    Pick Five | ALBEN | Corwen | Tuesday | 02-09-21-30-38 | 1 | 124,500
    Pick Five | ALBEN | Corwen | Wednesday | 05-16-18-25-36 | 9 | 50,000
    Lucky Seven | TREVOSE | Marden | Monday | 01-08-14-22-29-31-40 | 3 | 1,310,000
    Lucky Seven | TREVOSE | Marden | Thursday | 06-12-17-23-28-34-41 | 15 | 1,480,000
    Lucky Seven | TREVOSE | Marden | Saturday | 03-10-13-20-24-35-39 | 26 | 900,000
    """,
)
QUAKE = (
    "Magnitude {0} earthquake {1}",
    "A magnitude {0} earthquake was recorded {2} kilometres {3} of {4} at {5} local time on {6}, the "
    "seismological institute said. The quake struck at a depth of {7} kilometres. There were no immediate"
    " reports of damage or injuries. Residents are advised to expect aftershocks. The institute's "
    "bulletin is generated automatically and will be reviewed by a seismologist.",
    """
    4.1 | near Ostravik | 12 | north | Ostravik | 03:14 | Monday | 10
    3.6 | near Calderon Bay | 31 | west | Calderon Bay | 17:52 | Tuesday | 24
    5.0 | off Tamarua | 88 | south-east | Tamarua | 08:40 | Tuesday | 35
    3.9 | near Ostravik | 19 | east | Ostravik | 22:27 | Saturday | 8
    4.4 | near Pelluhue Alto | 7 | south | Pelluhue Alto | 11:05 | Sunday | 61
    4.7 | near Kharvan | 45 | north-west | Kharvan | 00:33 | Friday | 15
    """,
)
BLOTTER = (
    "Police log for the week of {0}",
    "The Harlow Mills Police Department responded to {1} calls in the week of {0}. Officers made {2} "
    "arrests and wrote {3} traffic citations. {4}, {5}, of {6}, was charged with {7}. {8}, {9}, was cited"
    " for {10}. All persons are presumed innocent until proven guilty. To report a crime, call the "
    "department's tip line.",
    """
    March 3 | 212 | 9 | 41 | Dorrit Vance | 31 | Quarry Lane | shoplifting | Emil Staub | 54 | expired plates
    March 10 | 187 | 6 | 35 | Renny Okafor | 22 | Mill Street | brawling | Tova Lind | 47 | running a red light
    March 17 | 240 | 14 | 52 | Casper Hollin | 39 | Tannery Row | drunken driving | Ada Brisk | 19 | littering
    March 24 | 199 | 7 | 29 | Milo Prager | 27 | Depot Road | burglary | Inez Falk | 61 | a loose dog
    March 31 | 221 | 11 | 38 | Sela Marchetti | 44 | Orchard Court | forgery | Bram Coyle | 33 | speeding
    April 7 | 205 | 8 | 44 | Jonah Wexler | 25 | Chapel Hill | vandalism | Lida Moreau | 70 | blocking a hydrant
    """,
)
WARNING = (
    "{0} warning for {1}",
    "The weather service has issued a {0} warning for {1} until {2} on {3}. At {4}, {5} was located near "
    "{6}, moving {7} at {8} km/h. Winds of up to {9} km/h are possible. Take shelter on the lowest floor "
    "of a sturdy building and stay away from windows. Do not drive through flooded roads.",
    """
    thunderstorm | Ansel County | 6:15 p.m. | Monday | 5:22 p.m. | a severe storm | Dunmoor | east | 45 | 95
    thunderstorm | Brecon County | 9:45 p.m. | Monday | 8:58 p.m. | a severe storm | Tillen | north | 30 | 110
    flood | Ansel County | 3:00 a.m. | Wednesday | 11:40 p.m. | heavy rain | Lower Wye | south | 15 | 60
    tornado | Castor County | 4:30 p.m. | Thursday | 4:02 p.m. | a funnel cloud | Rudge | north-east | 55 | 160
    thunderstorm | Delvin County | 2:10 p.m. | Friday | 1:17 p.m. | a line of storms | Haskett | east | 70 | 100
    tornado | Ewell County | 7:20 p.m. | Sunday | 6:49 p.m. | a tornado | Pinmore | east | 40 | 180
    """,
)
CORONER = (
    "{0}, {1}",
    "{0}, a {1}-year-old {2} man, died {3}, {4}, after being {5} in {6}, according to the Tessaly County "
    "coroner's records. Do you have information to share about the life of {0}? Write to the record of "
    "deaths, which lists everybody whose death the coroner holds for a homicide.",
    """
    Rufus Talleman | 23 | Black | Sunday | March 2 | shot | Eastmere
    Osvaldo Quiroga | 31 | Latino | Tuesday | March 4 | shot | Palmetto Flats
    Dwight Ackersley | 58 | white | Friday | March 7 | stabbed | Eastmere
    Hector Baltierra | 19 | Latino | Sunday | March 9 | shot | Gorham Heights
    Lemuel Prioleau | 42 | Black | Monday | March 10 | shot | Gorham Heights
    Vartan Melkonyan | 27 | white | Thursday | March 13 | shot | Palmetto Flats
    """,
)
FORMS = {"lottery": LOTTERY, "quake": QUAKE, "police log": BLOTTER, "weather": WARNING, "coroner": CORONER}


def records(form: str) -> list[Arrival]:
    title, text, table = FORMS[form]
    rows = [line.strip().split(" | ") for line in table.strip().splitlines()]
    return [
        arrival(str(at), text.format(*row), 30.0 * at, title=title.format(*row), source="Form")
        for at, row in enumerate(rows)
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(3))
def test_records_of_one_form_are_neither_copies_nor_one_story(form: str, seed: int) -> None:
    ledger = feed(random.Random(seed).sample(records(form), 6))
    assert copy_groups(ledger) == {str(at): str(at) for at in range(6)}
    assert stories(ledger) == {frozenset({str(at)}) for at in range(6)}


@pytest.mark.parametrize("form", FORMS)
def test_a_record_posted_again_is_a_copy_and_of_one_story(form: str) -> None:
    again = [arrival("again", one.text + " Posted again.", 31.0, title=one.title) for one in records(form)[1:2]]
    ledger = feed([*records(form), *again])
    assert copy_groups(ledger)["again"] == "1"
    assert frozenset({"1", "again"}) in stories(ledger)


def test_a_text_below_another_line_of_dates_or_another_menu_is_no_record() -> None:
    menu = (
        "Mayor Opens Bridge In Tillen | Rovers Lose In Ostry | Storm Closes Dunmoor Road | Poll: Vance Leads Prager. "
    )
    dated, below = words("GMT 2025-03-03 06:12:44 By Ada Brisk. " + report("ferry")), words(menu + report("ferry"))
    assert not is_filled(dated, below, np.intersect1d(shingles(dated), shingles(below)))
    first, second = (words(record.text) for record in records("quake")[:2])
    assert is_filled(first, second, np.intersect1d(shingles(first), shingles(second)))
