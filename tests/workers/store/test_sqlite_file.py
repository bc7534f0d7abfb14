"""The file of a SQLite database: private, whole when it is closed, and missed when it is gone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from schemas.errors import ServiceError
from tests.workers.stored import accepted
from workers import settings as settings_module
from workers.store import census
from workers.store.database import Database, database
from workers.store.migrate import migrate
from workers.store.sqlite_file import SqliteFile


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wireroom.sqlite"


@pytest.fixture
def opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The tables of a new file, with one document."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    settings_module.settings.cache_clear()
    database.cache_clear()
    migrate(database())
    accepted(database(), "one")
    yield database()
    database().close()


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_can_read_it(opened: Database, path: Path) -> None:
    files = list(path.parent.glob("wireroom.sqlite*"))
    assert {file.name for file in files} == {"wireroom.sqlite", "wireroom.sqlite-wal", "wireroom.sqlite-shm"}
    assert {_mode(file) for file in files} == {0o600}


def test_nobody_else_can_read_the_default_folder(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        migrate(database())
    finally:
        os.umask(before)
    assert _mode(tmp_path / "data") == 0o700
    assert _mode(tmp_path / "data" / "wireroom.sqlite") == 0o600
    database().close()


def test_a_file_of_an_earlier_version_is_shut_to_others_and_stays_open_to_a_group(path: Path) -> None:
    path.touch()
    path.chmod(0o664)
    tables = Database(settings_module.Settings(DATABASE_URL=f"sqlite:///{path}").database)
    migrate(tables)
    assert _mode(path) == 0o660
    tables.close()


def test_one_at_a_time_decides_and_leaves_nothing_behind(path: Path) -> None:
    file = SqliteFile(path)
    with file.deciding(1), pytest.raises(sqlite3.OperationalError, match="is deciding"), file.deciding(0.01):
        pass
    with file.deciding(1):
        pass
    assert not list(path.parent.iterdir())
    missing = SqliteFile(path.parent / "gone" / path.name)
    with pytest.raises(sqlite3.OperationalError, match=r"unable to open .*gone"), missing.deciding(1):
        pass


def test_closed_it_holds_all_that_was_written(opened: Database, path: Path, tmp_path: Path) -> None:
    opened.close()
    assert [file.name for file in path.parent.glob("wireroom.sqlite*")] == ["wireroom.sqlite"]
    copy = shutil.copy(path, tmp_path / "copy.sqlite")
    assert sqlite3.connect(copy).execute("SELECT count(*) FROM documents").fetchone() == (1,)


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_deleted_or_replaced_is_missed_at_once(opened: Database, path: Path, replaced: bool) -> None:
    opened.require_file()
    for file in path.parent.glob("wireroom.sqlite*"):
        file.unlink()
    if replaced:
        sqlite3.connect(path).execute("CREATE TABLE other (x)")
    with pytest.raises(ServiceError, match="deleted or replaced while it was in use"):
        opened.require_file()
    with pytest.raises(OperationalError, match="deleted or replaced"), opened.writing() as session:
        census.by_state(session)
    opened.close()
    with pytest.raises(OperationalError, match="deleted or replaced"), opened.reading() as session:
        census.by_state(session)
    assert path.exists() == replaced, "it is not made again in silence"


def test_no_folder_is_made_for_a_wrong_path(tmp_path: Path) -> None:
    tables = Database(settings_module.Settings(DATABASE_URL=f"sqlite:///{tmp_path}/wrong/a.sqlite").database)
    with pytest.raises(ServiceError, match=r"there is no folder .*/wrong; create it, or correct the path"):
        migrate(tables)
    assert not (tmp_path / "wrong").exists()


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").mkdir()
    tables = Database(settings_module.Settings(DATABASE_URL=f"sqlite:///{tmp_path}/a.sqlite").database)
    with pytest.raises(ServiceError, match=r"cannot be opened \(unable to open .*; check the file, its permissions"):
        migrate(tables)


def test_a_service_does_not_put_an_empty_file_in_the_place_of_a_missing_one(path: Path) -> None:
    url = make_url(f"sqlite:///{path}")
    tables = Database(url, create=False)
    with pytest.raises(ServiceError, match="does not exist"):
        tables.check()
    assert not path.exists()
    path.touch()
    tables.check()
    tables.close()


def test_services_started_here_create_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in settings_module.child_environment().items():
        monkeypatch.setenv(name, value)
    settings_module.settings.cache_clear()
    assert not settings_module.settings().create_database
