"""The gazetteer's file: made once, whole, whoever asks for it at the same time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.places import Gazetteer, KnownPlace
from pipeline.places.source import NamedPlace, listed
from workers.store import gazetteer as module
from workers.store.gazetteer import gazetteer_folder, open_gazetteer

TOWN = NamedPlace(
    KnownPlace(1, "Skarvoy", "town", "NOR", "09", 68.0, 14.0, 2_000), (("Skarvoy", "name"), ("Skarvøy", "name"))
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A source of one town, so that a file is made in no time."""
    monkeypatch.setattr(module, "listed", lambda: iter([TOWN]))


@pytest.mark.usefixtures("small")
def test_a_file_is_made_once_and_read_from_then_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = open_gazetteer(tmp_path / "new").find(["skarvoy", "nowhere"])
    assert [match.entry for match in found["skarvoy"]] == [TOWN.entry]
    assert "nowhere" not in found
    monkeypatch.setattr(module, "listed", lambda: pytest.fail("made again"))
    assert open_gazetteer(tmp_path / "new").find(["skarvoy"])


def test_what_was_cut_off_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> Iterator[NamedPlace]:
        yield TOWN
        raise MemoryError

    monkeypatch.setattr(module, "listed", breaks)
    with pytest.raises(MemoryError):
        open_gazetteer(tmp_path)
    assert not list(tmp_path.glob("*.sqlite")) + list(tmp_path.glob("*.draft"))
    monkeypatch.setattr(module, "listed", lambda: iter([TOWN]))
    assert open_gazetteer(tmp_path).find(["skarvoy"])


def test_several_processes_that_ask_at_once_get_one_file(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from pipeline.places import KnownPlace; from workers.store import "
        "gazetteer as g; from pipeline.places.source import NamedPlace; place = KnownPlace(1, 'Skarvoy', 'town', "
        "'NOR', '09', 68, 14, 2000); town = NamedPlace(place, (('Skarvoy', 'name'),)); made = []\n"
        "def listed():\n    made.append(1); yield town\n"
        "g.listed = listed; print(len(g.open_gazetteer(Path(sys.argv[1])).find(['skarvoy'])), len(made))"
    )
    root = Path(module.__file__).parents[2]
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root)
        for _ in range(4)
    ]
    told = [process.communicate(timeout=60)[0].split() for process in started]
    assert [found for found, _ in told] == ["1"] * 4
    assert sum(int(made) for _, made in told) == 1


@pytest.mark.usefixtures("small")
def test_no_reader_can_change_the_file(tmp_path: Path) -> None:
    opened = open_gazetteer(tmp_path)
    assert opened.find(["skarvoy"])
    with pytest.raises(sqlite3.OperationalError):
        opened._opened().execute("DELETE FROM names")


def test_the_folder_is_the_environment_or_that_of_the_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    assert gazetteer_folder(tmp_path / "data") == tmp_path / "data"
    (tmp_path / "environment").mkdir()
    assert gazetteer_folder(tmp_path / "data") == tmp_path / "environment" / "share" / "wireroom"


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
