"""A folder under watch: what cannot be read now is no file that was taken."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.errors import FileError
from workers.producers import folders
from workers.producers.folders import Watched
from workers.store.database import Database

_on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "in", 0.0, None, tmp_path / "ledger.jsonl")


@_on_sqlite
@pytest.mark.usefixtures("broker")
def test_a_file_that_the_disk_does_not_give_is_tried_again(
    tables: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Police found two bodies in the mill.")
    watched = _watched(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(folders, "read", lambda *_: iter([FileError("a.txt", "cannot be read (Input/output error)")]))
        assert [taken.unread for _, taken in watched.look()] == [1]
        assert list(watched.look()) == [], "not again at once"
    monkeypatch.setattr(folders, "_AGAIN_SECONDS", 0.0)
    assert [taken.new for _, taken in _watched(tmp_path).look()] == [1], "it was not marked as taken"
    assert list(_watched(tmp_path).look()) == []


@_on_sqlite
@pytest.mark.usefixtures("broker", "tables")
def test_a_folder_that_goes_while_it_is_walked_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("in/a", "in/b"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "one.txt").write_text(f"Police found two bodies in {name}.")
    walk = os.walk

    def walk_and_lose(top: Path) -> Iterator[tuple[str, list[str], list[str]]]:
        for found in walk(top):
            yield found
            shutil.rmtree(tmp_path / "in" / "b", ignore_errors=True)

    monkeypatch.setattr(os, "walk", walk_and_lose)
    assert [path.parent.name for path, _ in _watched(tmp_path).look()] == ["a"]


def _arrive(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"Police found two bodies in {name}.")


@_on_sqlite
@pytest.mark.usefixtures("tables", "broker")
def test_what_arrives_is_told_by_the_system_and_no_folder_is_walked_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "in"
    _arrive(inbox, "first.txt")
    with _watched(tmp_path) as watched:
        taken = [path.name for path, _ in watched.look()]
        monkeypatch.setattr(os, "walk", lambda _: pytest.fail("walked"))
        for name in ("second.txt", ".hidden.txt", ".git/third.txt", "half.txt.part"):
            _arrive(inbox, name)
        deadline = time.monotonic() + 30
        while len(taken) < 2 and time.monotonic() < deadline:
            watched.wait()
            taken += [path.name for path, _ in watched.look()]
        watched.wait()
        assert list(watched.look()) == [], "each once"
    assert taken == ["first.txt", "second.txt"]


@_on_sqlite
@pytest.mark.usefixtures("tables", "broker")
def test_a_folder_that_arrives_is_taken_with_all_that_is_in_it(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    with _watched(tmp_path) as watched:
        assert list(watched.look()) == []
        _arrive(tmp_path / "made", "deep/a.txt")
        _arrive(tmp_path / "made", "b.txt")
        shutil.move(tmp_path / "made", inbox / "made")
        taken: set[str] = set()
        deadline = time.monotonic() + 30
        while len(taken) < 2 and time.monotonic() < deadline:
            watched.wait()
            taken |= {path.name for path, _ in watched.look()}
    assert taken == {"a.txt", "b.txt"}


@_on_sqlite
@pytest.mark.usefixtures("tables", "broker")
def test_a_system_that_does_not_watch_is_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> Iterator[None]:
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(folders, "watch", full)
    (tmp_path / "in").mkdir()
    with _watched(tmp_path) as watched:
        assert list(watched.look()) == []
        _arrive(tmp_path / "in", "a.txt")
        watched.wait()
        assert [taken.new for _, taken in watched.look()] == [1]
