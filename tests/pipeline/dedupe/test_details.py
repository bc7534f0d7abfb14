"""Ages, whose they are, times of day and streets, as news in several languages writes them."""

from __future__ import annotations

import pytest

from pipeline.dedupe.details import details


@pytest.mark.parametrize(
    ("text", "age", "who"),
    [
        ("Tomas Brenneke, 34, of Skarvoy was held.", 34, "brenneke"),
        ("Ilse Ridell, a 5-year-old girl, was hurt.", 5, "ridell"),
        ("Police hold 27-year-old Amos Harlan.", 27, "harlan"),
        ("Police hold a 27-year-old postal worker, Amos Harlan.", 27, "harlan"),
        ("Hal Ostrom Jr., 61, died.", 61, "ostrom"),
        ("Sean O'Dwyer (19) fell.", 19, "dwyer"),
        ("A man aged 44 was hurt.", 44, None),
        ("A 33-year-old man was hurt.", 33, None),
        ("Juan Cordero, de 34 años, murió.", 34, "cordero"),
        ("Claire Vasseur, 29 ans, a été blessée.", 29, "vasseur"),
        ("Un homme âgé de 52 ans est mort.", 52, None),
        ("Der 41-jährige Karl Ottmann starb.", 41, "ottmann"),
        ("Jens Ottmann (41) starb.", 41, "ottmann"),
        ("João da Lomba, de 23 anos, foi preso.", 23, "lomba"),
        ("توفي رجل عمره 34 عاما في الحادث", 34, None),
        ("عثر على باسل المرعشي البالغ 34 عاما", 34, "المرعشي"),
        ("34歳の男性が死亡した。", 34, None),
    ],
)
def test_ages_are_read_with_the_name_they_belong_to(text: str, age: int, who: str | None) -> None:
    found = details(text)
    assert found.ages == (age,)
    assert found.people == ((who,) if who else ())


@pytest.mark.parametrize(
    "text",
    [
        "On Tuesday, Jan. 4, three days later, it rained.",
        "In all 34 people fled, 12 of them children.",
        "Depuis 20 ans, la ville attend. Hace 10 años que espera.",
        "The Skarvoy Rovers beat Nordhamn Town 34-12.",
        "He was jailed for 12 years, and fined $30.",
        "On Route 30, cars stood still.",
    ],
)
def test_dates_counts_and_spans_of_time_are_no_ages(text: str) -> None:
    assert details(text).ages == ()


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("It fell at 7:15 p.m.", 435), ("It fell at 19:15.", 435), ("Es fiel um 19.15 Uhr.", 435), ("à 19h15", 435),
        ("It fell about 3 p.m. Monday.", 180), ("Es fiel um 3 Uhr.", 180), ("vers 3 heures", 180),
    ],
)  # fmt: skip
def test_times_of_day_are_of_twelve_hours(text: str, minutes: int) -> None:
    assert details(text).times == (minutes,)


@pytest.mark.parametrize(
    "text", ["It cost 7.50 and 3.5 per cent.", "They won 3 to 1.", "In Psalm 151 of 30:75 it says."]
)
def test_sums_and_scores_are_no_times(text: str) -> None:
    assert details(text).times == ()


@pytest.mark.parametrize(
    ("text", "street"),
    [
        ("It was in the 3400 block of West Ostrand St. around noon.", "ostrand"),
        ("He lay in the 1200 block of Alder, they said.", "alder"),
        ("Near the corner of Ostrand Avenue.", "ostrand"),
        ("On 22nd Street she fell.", "22nd"),
        ("It fell at 600 W. Skarvoy Blvd.", "skarvoy"),
        ("On Amos Harlan Jr. Boulevard.", "harlan"),
        ("In the 100 block of S.W. 5th. He fled.", "5th"),
        ("Il habite rue de la Digue, à Valbrune.", "digue"),
        ("En la calle Marineros.", "marineros"),
        ("In der Hafenstraße fiel ein Schuss.", "hafen"),
    ],
)
def test_streets_are_read_by_the_word_beside_their_kind(text: str, street: str) -> None:
    assert details(text).streets == (street,)


def test_both_streets_of_a_corner_are_read_where_one_has_a_number() -> None:
    assert details("He was hit at 76th and N. Ostrand early on Sunday.").streets == ("76th", "ostrand")
    assert details("They met at S.W. 5th and Alder.").streets == ("5th", "alder")


@pytest.mark.parametrize(
    "text",
    [
        "It was her 12th and last year, the 4th and 5th floors burned, and the 19th and 20th centuries were no better.",
        "Shares fell on Wall Street, and Downing Street had no comment.",
        "She was taken to St. Aldwin Health Center.",
        "They drive along the road. A food drive, a long road, a street.",
        "He came via the coast, and this block of seats was empty.",
    ],
)
def test_what_stands_for_a_trade_or_names_nothing_is_no_street(text: str) -> None:
    assert details(text).streets == ()
