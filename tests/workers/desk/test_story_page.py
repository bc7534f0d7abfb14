"""A story's page: one column a speaker, ranges in words that hold, what is not compared folded away, places."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from schemas.documents import RawDocument
from schemas.records import Extraction, Place
from tests.workers.stored import accepted, claim, stored
from workers.desk.charts import steps
from workers.desk.sides import sides
from workers.desk.speakers import claimants, speakers
from workers.desk.wording import excerpt, happened, span
from workers.store.database import Database
from workers.store.read.disputes import Said
from workers.store.settling import settle_all


def _figure(low: int | None, high: int | None, qualifier: str = "exact", **others: Any) -> dict[str, Any]:
    told = {"low": low, "high": high, "value": low, "qualifier": qualifier, "updated_by": None, "figure": "some"}
    return told | {"claimant_name": None, "source": "a.example"} | others


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ([_figure(8, 8), _figure(14, 14)], "8 to 14"),
        ([_figure(14, 14), _figure(14, 14)], "14"),
        ([_figure(12, None, "at_least")], "at least 12"),
        ([_figure(251, None, "more_than")], "more than 250"),
        ([_figure(None, 29, "fewer_than", value=30)], "fewer than 30"),
        ([_figure(186, 186), _figure(251, None, "more_than")], "186 to more than 250"),
        ([_figure(4500, 4500), _figure(11200, None, "at_least")], "4,500 to 11,200 or more"),
        ([_figure(11001, None, "more_than"), _figure(11200, None, "at_least")], "more than 11,000 to 11,200 or more"),
        ([_figure(8, 8), _figure(9, 9, updated_by="x")], "8"),
        ([_figure(None, None, "about", value=50)], "about 50"),
    ],
)
def test_a_range_says_what_its_figures_do(figures: list[dict[str, Any]], told: str) -> None:
    assert span(SimpleNamespace(figures=figures)) == told


@pytest.mark.parametrize(
    ("measure", "group", "told"),
    [("killed", "people", "killed"), ("displaced", "Displaced people", ""), ("injured", None, "injured")],
)
def test_what_happened_is_not_said_twice(measure: str, group: str | None, told: str) -> None:
    assert happened(SimpleNamespace(measure=measure, group=group)) == told


def test_a_chart_has_round_times_and_says_what_it_leaves_out() -> None:
    def at(hour: int, number: int, *, dated: bool = True) -> dict[str, Any]:
        return _figure(number, number, time=f"2026-03-01T{hour:02}:20:00+00:00", dated=dated)

    drawn = steps([at(5, 3), at(18, 17), at(20, 40, dated=False)])
    assert drawn is not None
    assert [label for _, label in drawn.times] == ["01 Mar 06:00", "01 Mar 12:00", "01 Mar 18:00"]
    assert drawn.undated == 1
    assert steps([at(5, 3), at(18, 17, dated=False)]) is None


def test_names_of_one_speaker_are_one_claimant() -> None:
    called = ["coast guard", "the coast guard", "the coast guard", "the coast guard of Costa Marena", "Lucía Ferrante"]
    figures = [_figure(9, 9, claimant_name=name) for name in called]
    assert set(speakers(figures).values()) == {"the coast guard", "Lucía Ferrante"}
    count = SimpleNamespace(figures=[*figures, _figure(9, 9)], independent_sources=2)
    assert claimants(count) == "3 claimants, 2 independent"  # the third is the source itself


def _sides(*figures: dict[str, Any]) -> list[tuple[str, list[str]]]:
    numbered = [f | {"claim_id": f"c{n}", "time": f"2026-03-01T0{n}:00:00Z"} for n, f in enumerate(figures)]
    found = sides(SimpleNamespace(figures=numbered))
    return [(side.words, list(side.claimants)) for side in found.shown] + ([("more", [])] * found.more)


def _says(who: str, number: int, against: bool = True, **others: Any) -> dict[str, Any]:
    return _figure(number, number, claimant_name=who, disagrees_with=["x"] if against else [], **others)


def test_the_sides_of_a_dispute_are_its_claimants_and_those_who_agree_are_one() -> None:
    told = _sides(
        _says("the families", 96),
        _says("the coast guard", 41, updated_by="c2"),
        _says("the coast guard", 38),
        _says("an association", 96),
        _says("the harbour master", 60, against=False),
        _says("coast guard", 39),
    )
    assert told == [("38 to 39", ["the coast guard"]), ("96", ["the families", "an association"])]


def test_who_contradicts_themselves_is_on_both_sides() -> None:
    assert _sides(_says("Ann", 3), _says("Ann", 9)) == [("3", ["Ann"]), ("9", ["Ann"])]


def test_of_many_sides_the_lowest_and_the_highest_are_shown() -> None:
    told = _sides(*(_says(who, number) for number, who in enumerate(("Ann", "Ben", "Cem", "Dov", "Eva", "Fay"))))
    assert told == [("0", ["Ann"]), ("1", ["Ben"]), ("4", ["Eva"]), ("5", ["Fay"]), ("more", []), ("more", [])]


def test_a_dispute_is_shown_with_who_says_what_in_which_words(client: httpx.Client, dispute: list[str]) -> None:
    wall, page = client.get("/").text, client.get("/stories/s").text
    line = re.sub(r"<[^>]+>", "", re.search(r'class="sides">(.*?)</li>', wall, re.DOTALL)[1])  # type: ignore[index]
    assert " ".join(line.split()).startswith("12 Police against 30 Rebels")
    (told,) = re.findall(r'<article class="dispute">(.*?)</article>', page, re.DOTALL)
    assert '<blockquote dir="auto">Rebels say <mark>30</mark> people were killed' in told
    assert f'href="/documents/{dispute[2]}#claim-{dispute[2]}:0"' in told


def test_of_a_long_sentence_the_words_around_the_figure_are_shown() -> None:
    before, figure, behind = excerpt(Said("a " * 300 + "12" + " b" * 300, 600, 602))
    assert (before[:3], figure, behind[-3:]) == ("…a ", "12", " b…")
    assert len(before) < 250
    assert len(behind) < 250
    assert excerpt(Said("Then 12 died.", 5, 7)) == ("Then ", "12", " died.")


_TEXT = "The guard said 9 died at Elm. Later 12, 13, 14 and 20 died, and of 31, 32, 33, 34, 35, 36 and 37 part did."


def test_a_story_has_a_column_a_speaker_and_folds_what_is_old_or_not_compared(
    client: httpx.Client, tables: Database
) -> None:
    ids = accepted(
        tables,
        *(RawDocument(content=f"{_TEXT} {day}", published=f"2026-03-0{day}T00:00:00Z") for day in range(1, 6)),
    )
    names = ["guard", "The guard", "the guard of Elm", "guard", "guard"]
    for document_id, name, figure in zip(ids, names, ("9", "12", "13", "14", "20"), strict=True):
        claims = [claim(figure, _TEXT, int(figure), claimant_name=name)]
        if figure == "20":
            claims += [claim(str(n), _TEXT, n, claimant_name=f"Witness {n}", scope="part") for n in range(31, 38)]
        elm = _TEXT.index("Elm")
        places = [Place(elm, elm + 3, "Elm", "Elm", 7, "NOR", None, 1.0, 2.0, "town", False)]
        stored(tables, document_id, _TEXT, Extraction(claims=claims, places=places), story_id="s")
    settle_all(tables)
    page = client.get("/stories/s").text
    head = re.search(r"<thead>.*?</thead>", page, re.DOTALL)
    assert head
    assert re.findall(r"<bdi>(.*?)</bdi>", head[0]) == ["guard"]
    assert "4 earlier" in page
    assert "1 more</summary>" in page
    assert 'href="/search?q=place%3A%22Elm%22"' in page
    assert "<bdi>NOR</bdi>, 5 documents" in page
    (place,) = client.get("/api/stories/s").json()["places"]
    assert (place["text"], place["country"], place["documents"]) == ("Elm", "NOR", 5)


def test_a_story_without_dates_outlets_or_figures_leaves_nothing_hanging(
    client: httpx.Client, tables: Database
) -> None:
    (document_id,) = accepted(tables, "Somebody spoke at length.")
    stored(tables, document_id, "Somebody spoke at length.", story_id="s")
    settle_all(tables)
    assert "Without a title" in client.get("/stories/s").text
    (named,) = accepted(tables, RawDocument(content="Somebody spoke again.", id="strait-gazette"))
    stored(tables, named, "Somebody spoke again.", story_id="s")
    settle_all(tables)
    assert ">strait-gazette</a>" in client.get("/stories/s").text, "a document goes by its sender's id, as on its page"
    for path in ("/", "/stories/s"):
        page = client.get(path).text
        assert "no date" in page
        assert "no date to" not in page
        assert not re.search(r"·\s*(<bdi></bdi>)?\s*</p>", page)
    assert "no figures of people" in client.get("/").text
