"""What goes wrong ends in one plain sentence that names it, without a password, and in the contract's exit code."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests.workers.cli.conftest import Ended, Wireroom
from workers.store import census
from workers.store.database import Database
from workers.store.read.rows import Row

_ROOT = Path(__file__).parents[3]

_on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _sentence(ended: Ended, code: int) -> str:
    """The one line on standard error; nothing is on standard output."""
    assert (ended.code, ended.output) == (code, ""), ended
    (line,) = ended.messages.splitlines()
    assert line.startswith("wireroom: ")
    assert "secret" not in line
    return line


@pytest.mark.parametrize("url", ["mysql://u:secret@h/d", "no url with secret", "sqlite:///:memory:"])
def test_another_kind_of_database_is_wrong_use(wireroom: Wireroom, url: str) -> None:
    assert "DATABASE_URL: " in _sentence(wireroom("status", "--database", url), 2)


def test_a_postgresql_that_does_not_answer_is_a_service_away(wireroom: Wireroom) -> None:
    ended = wireroom("export", "documents", "--database", "postgresql://u:secret@127.0.0.1:1/d")
    line = _sentence(ended, 3)
    assert "postgresql+psycopg://u:***@127.0.0.1:1/d: cannot be reached" in line
    assert "check DATABASE_URL" in line


@pytest.mark.parametrize("place", ["a_file/wireroom.sqlite", "a_folder"])
def test_a_sqlite_file_that_cannot_be_opened_is_a_service_away(wireroom: Wireroom, tmp_path: Path, place: str) -> None:
    (tmp_path / "a_file").touch()
    (tmp_path / "a_folder").mkdir()
    line = _sentence(wireroom("status", "--database", f"sqlite:///{tmp_path / place}"), 3)
    assert str(tmp_path / place) in line


def test_a_file_that_is_no_database_is_named(wireroom: Wireroom, tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("no database, and much longer than the header of one. " * 20)
    line = _sentence(wireroom("status", "--database", f"sqlite:///{other}"), 3)
    assert str(other) in line
    assert other.read_text().startswith("no database")


@_on_sqlite
@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ProgrammingError("CREATE", {}, Exception("permission denied for schema public")), "permission denied"),
        (PermissionError(13, "Permission denied", ".wireroom"), ".wireroom: Permission denied"),
        (OSError(28, "No space left on device"), "No space left on device"),
    ],
)
def test_what_the_database_or_the_disk_refuses_is_said(
    wireroom: Wireroom, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    monkeypatch.setattr(census, "by_state", _raising(error))
    assert said in _sentence(wireroom("status"), 3)


@_on_sqlite
@pytest.mark.usefixtures("tables")
def test_a_defect_is_shown_whole_and_is_no_failure_of_documents(
    wireroom: Wireroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(census, "by_state", _raising(ZeroDivisionError("a defect")))
    ended = wireroom("status")
    assert (ended.code, ended.messages.splitlines()[-1]) == (70, "ZeroDivisionError: a defect")


def _raising(error: Exception) -> Callable[..., object]:
    def refuse(*_: object) -> object:
        raise error

    return refuse


def test_under_nohup_a_closed_terminal_ends_nothing(wireroom: Wireroom, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        wireroom("status", "--database", "no url")
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_number_that_no_database_holds_names_no_feed(wireroom: Wireroom, tables: Database) -> None:
    assert "9" * 30 in _sentence(wireroom("feeds", "remove", "9" * 30), 2)


@pytest.mark.parametrize("command", [("ingest", "{folder}"), ("retry",), ("run", "{folder}")])
def test_a_broker_that_does_not_answer_is_a_service_away(
    wireroom: Wireroom, tmp_path: Path, command: tuple[str, ...]
) -> None:
    arguments = [part.format(folder=tmp_path) for part in command]
    line = _sentence(wireroom(*arguments, "--redis", "redis://:secret@127.0.0.1:1/0"), 3)
    assert "redis://:***@127.0.0.1:1/0: cannot be reached" in line


@pytest.mark.parametrize(
    "url", ["secret", "http://:secret@h/", "redis://:secret@h:port/0", "redis://:secret@h:99999/0"]
)
@pytest.mark.parametrize("command", ["retry", "status"])
def test_what_is_no_broker_url_is_wrong_use(wireroom: Wireroom, command: str, url: str) -> None:
    assert "REDIS_URL: " in _sentence(wireroom(command, "--redis", url), 2)


def test_no_broker_at_all_says_how_to_start_one(wireroom: Wireroom, tmp_path: Path) -> None:
    assert "start the services with `wireroom up`" in _sentence(wireroom("ingest", tmp_path), 3)


@pytest.mark.usefixtures("tables", "broker")
@_on_sqlite
def test_a_path_that_is_not_there_is_named_and_the_others_are_taken_in(wireroom: Wireroom, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("An article.", encoding="utf-8")
    ended = wireroom("ingest", tmp_path / "missing.txt", tmp_path / "a.txt")
    assert ended.code == 2
    assert f"not read: {tmp_path / 'missing.txt'}: " in ended.messages
    assert "1 document ingested, 1 of them new" in ended.messages
    assert "Traceback" not in ended.messages


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "", "01.03.2026"])
def test_a_time_that_is_none_is_wrong_use(wireroom: Wireroom, since: str) -> None:
    line = _sentence(wireroom("export", "documents", "--since", since), 2)
    assert f"--since: {since!r} is not an ISO 8601 time; write 2026-03-01" in line


@pytest.mark.parametrize("place", ["a_file/out.jsonl", "a_folder/" + "x" * 300])
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_a_place_that_cannot_be_written_is_wrong_use(
    wireroom: Wireroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, form: str
) -> None:
    (tmp_path / "a_file").write_text("kept")
    (tmp_path / "a_folder").mkdir()
    monkeypatch.chdir(tmp_path)
    line = _sentence(wireroom("export", "documents", "--format", form, "--output", place), 2)
    assert f"--output {place}: cannot be written" in line
    assert (tmp_path / "a_file").read_text() == "kept"
    assert list((tmp_path / "a_folder").iterdir()) == []


@pytest.mark.parametrize("place", ["a_folder", "."])
def test_a_folder_is_no_place_to_write_to(
    wireroom: Wireroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (tmp_path / "a_folder").mkdir()
    monkeypatch.chdir(tmp_path)
    ended = wireroom("export", "documents", "--output", place)
    assert ended.code == 2
    assert f"file '{place}' is a directory" in ended.messages.lower()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("export", "sources"), "documents"),
        (("export", "documents", "--format", "xml"), "--format"),
        (("retry", "--stage", "print"), "--stage"),
        (("status", "--loud"), "--loud"),
        (("publish",), "publish"),
        (("run",), "PATH"),
    ],
)
def test_a_wrong_argument_is_wrong_use_and_named(wireroom: Wireroom, arguments: tuple[str, ...], named: str) -> None:
    ended = wireroom(*arguments)
    assert (ended.code, ended.output) == (2, "")
    assert named in ended.messages
    assert "Traceback" not in ended.messages


def test_a_wrong_setting_is_named(wireroom: Wireroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREROOM_MAX_ATTEMPTS", "none")
    assert "WIREROOM_MAX_ATTEMPTS: " in _sentence(wireroom("status"), 2)


def test_a_port_that_another_program_has_is_named_and_no_address_is_given_out(
    wireroom: Wireroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("WIREROOM_DESK_PORT", str(other.getsockname()[1]))
        assert "WIREROOM_DESK_PORT" in _sentence(wireroom("desk"), 2)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("tables")
def test_a_database_lost_in_the_middle_is_a_service_away(wireroom: Wireroom, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut_off(session: Session, *_: object) -> Iterator[Row]:
        session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        yield from ()

    monkeypatch.setattr("workers.store.read.rows.rows", cut_off)
    line = _sentence(wireroom("export", "entities"), 3)
    assert "the database was lost (terminating connection" in line


@_on_sqlite
@pytest.mark.usefixtures("tables")
def test_ctrl_c_says_that_what_was_accepted_is_kept(broker: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("An article.", encoding="utf-8")
    follow = subprocess.Popen(
        [sys.executable, "-m", "workers.cli", "ingest", "--wait", str(tmp_path / "a.txt")],
        cwd=_ROOT,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    assert follow.stderr is not None
    assert follow.stderr.readline().startswith("clean 0/1"), "it follows the document now"
    follow.send_signal(signal.SIGINT)
    _, messages = follow.communicate(timeout=60)
    assert follow.returncode == 130
    assert messages.splitlines()[-1].startswith("wireroom: stopped; accepted documents are kept")
    assert "Traceback" not in messages
