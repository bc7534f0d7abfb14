"""The gazetteer's file: what is in it, and that no reader changes it."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

from pipeline.places import Gazetteer, KnownPlace
from pipeline.places.source import NamedPlace, listed
from workers.store import gazetteer as module
from workers.store.gazetteer import open_gazetteer

TOWN = NamedPlace(
    KnownPlace(1, "Skarvoy", "town", "NOR", "09", 68.0, 14.0, 2_000), (("Skarvoy", "name"), ("Skarvøy", "name"))
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A source of one town, so that a file is made in no time, in an environment of its own."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    monkeypatch.setattr(module, "listed", lambda: iter([TOWN]))


@pytest.mark.usefixtures("small")
def test_a_file_is_made_once_and_read_from_then_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = open_gazetteer(tmp_path / "new").find(["skarvoy", "nowhere"])
    assert [match.entry for match in found["skarvoy"]] == [TOWN.entry]
    assert "nowhere" not in found
    monkeypatch.setattr(module, "listed", lambda: pytest.fail("made again"))
    assert open_gazetteer(tmp_path / "new").find(["skarvoy"])


@pytest.mark.usefixtures("small")
def test_no_reader_can_change_the_file(tmp_path: Path) -> None:
    opened = open_gazetteer(tmp_path)
    assert opened.find(["skarvoy"])
    with pytest.raises(sqlite3.OperationalError):
        opened._opened().execute("DELETE FROM names")


def test_the_world_is_listed_with_its_countries_states_and_towns(gazetteer: Gazetteer) -> None:
    found = gazetteer.find(["germany", "bavaria", "munich", "german"])
    assert {key: {(match.entry.kind, match.form) for match in matches if match.entry.country == "DEU"}
            for key, matches in found.items()} == {
        "germany": {("country", "name")},
        "bavaria": {("region", "name")},
        "munich": {("town", "name")},
        "german": {("country", "demonym")},
    }  # fmt: skip


def test_every_listed_place_has_a_country_and_coordinates() -> None:
    count = 0
    for count, one in enumerate(listed(), start=1):  # noqa: B007 (counted to the end)
        assert len(one.entry.country) == 3
        assert -90 <= one.entry.lat <= 90
        assert -180 <= one.entry.lon <= 180
        assert one.names
    assert count > 150_000
