"""What every command owes a terminal and a shell: its version, completion, widths, encodings, and plain refusals."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import select

from schemas.errors import NoTextError
from schemas.stages import Stage
from schemas.tables import Document
from tests.workers.cli.conftest import Wireroom
from workers.cli.options import output
from workers.cli.tables import add_row, new_table, print_table
from workers.queue.queues import TASKS
from workers.store import stages
from workers.store.database import Database

_on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_the_version_is_told(wireroom: Wireroom) -> None:
    ended = wireroom("--version")
    assert (ended.code, ended.output) == (0, f"wireroom {version('wireroom')}\n")


def test_a_shell_completes_commands() -> None:
    asked = {"_WIREROOM_COMPLETE": "complete_bash", "COMP_WORDS": "wireroom st", "COMP_CWORD": "1"}
    command = [sys.executable, "-m", "workers.cli"]
    done = subprocess.run(command, env=os.environ | asked, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.split() == ["status"]


@pytest.mark.parametrize("command", ["run", "ingest"])
def test_an_address_in_the_place_of_a_file_is_named_whole(wireroom: Wireroom, command: str) -> None:
    ended = wireroom(command, "https://news.example/a?b=c")
    assert ended.code == 2
    assert "wireroom: https://news.example/a?b=c: is a URL, not a file" in ended.messages
    assert "wireroom feeds add" in ended.messages


@_on_sqlite
@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("place", ["seeds/feed.xml", "gazette.rss", "./feed.xml", "/srv/feed.xml"])
def test_a_file_in_the_place_of_a_feed_is_told_where_files_go(
    wireroom: Wireroom, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("gazette.rss").touch()
    ended = wireroom("feeds", "add", place)
    assert ended.code == 2
    said = " ".join(ended.messages.split())
    assert f"not added: {place}: is not an HTTP(S) URL; write https://… for a feed; files are ingested by" in said
    assert wireroom("feeds", "add", "--no-fetch", "gazette.example/feed.xml", "localhost:8080/feed").code == 0


@_on_sqlite
@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("name", ["x.xlsx", "x.json", "x.jsonl.gz"])
def test_a_format_that_is_not_written_is_refused(wireroom: Wireroom, tmp_path: Path, name: str) -> None:
    ended = wireroom("export", "documents", "--output", tmp_path / name)
    assert ended.code == 2
    assert f"{name}: {Path(name).suffix} is not a supported format; use .jsonl, .csv or" in ended.messages
    assert not (tmp_path / name).exists()
    assert wireroom("export", "documents", "--output", tmp_path / name, "--format", "jsonl").code == 0
    assert wireroom("export", "documents", "--output", tmp_path / "documents").code == 0


@_on_sqlite
@pytest.mark.usefixtures("tables", "broker")
def test_status_counts_all_queues(wireroom: Wireroom) -> None:
    assert json.loads(wireroom("status", "--json").output)["queues"].keys() == TASKS.keys()


@_on_sqlite
def test_waiting_ends_with_what_became_of_the_documents_and_why(
    wireroom: Wireroom, tables: Database, broker: str, tmp_path: Path
) -> None:
    article = tmp_path / "a.txt"
    article.write_text("An article.")
    wireroom("ingest", article)
    with tables.reading() as session:
        document_id = session.scalars(select(Document.id)).one()
    with tables.writing() as session:
        stages.fail(session, Stage.CLEAN, NoTextError("document", "nothing is left"), None, {}, document_id)
    ended = wireroom("ingest", "--wait", article)
    assert ended.code == 1
    assert "1 document (0 new, 1 known before): 0 stored, 1 failed; `wireroom retry` sends" in ended.messages
    assert "nothing is left" in ended.messages
    (failure,) = json.loads(wireroom("ingest", "--wait", "--json", article).output)["failures"]
    assert failure == {"document_id": document_id, "stage": "clean", "error": "document: nothing is left"}


def test_a_taken_port_is_named_with_its_setting(wireroom: Wireroom, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("WIREROOM_FLOWER_PORT", str(port))
        ended = wireroom("up")
    assert ended.code == 2
    (line,) = ended.messages.splitlines()
    assert line.startswith(f"wireroom: WIREROOM_FLOWER_PORT: port {port} of 127.0.0.1 cannot be used (Address already")
    free = re.search(r"; set WIREROOM_FLOWER_PORT=(\d+)$", line)
    assert free, line
    socket.create_server(("127.0.0.1", int(free[1]))).close()


@_on_sqlite
@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    ("arguments", "shown"), [(["status"], b"documents"), (["run", "https://é“—"], b"\\xe9\\u201c")]
)
def test_what_a_terminal_cannot_show_is_escaped(arguments: list[str], shown: bytes) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "workers.cli", *arguments],
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    assert shown in done.stdout + done.stderr


def _printed(width: int, *rows: tuple[str, ...]) -> list[str]:
    table = new_table("Counts", "story", "of whom", "claimant", "times")
    for row in rows:
        add_row(table, *row)
    shown = io.StringIO()
    print_table(table, Console(file=shown, width=width))
    return shown.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_lines_of_a_table_break_between_words_and_keep_to_the_width(width: int) -> None:
    words = "Army says 14 fighters killed in battle for Kerevian mountain pass"
    lines = _printed(width, (words, "government soldiers", "Halvan Liberation Movement", "1"))
    shown = " ".join(lines)
    for word in f"{words} government soldiers Halvan Liberation Movement".split():
        assert word in shown.split(), f"{word} is broken at {width}"
    assert max(map(len, lines)) <= width


def test_a_word_longer_than_its_column_is_folded_and_the_others_are_not() -> None:
    lines = _printed(60, ("x" * 200, "government soldiers", "Halvan", "1"))
    assert max(map(len, lines)) <= 60
    assert sum(line.count("x") for line in lines) == 200
    assert any(" government " in line for line in lines)


def test_a_width_that_is_asked_for_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "77")
    assert output().width == 77
    monkeypatch.delenv("COLUMNS")
    assert output().width == 140, "a pipe has none"
