"""The file that `run` names holds the results, and services notice when theirs is gone."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.integration.articles import write_articles
from tests.integration.program import CELERY, WIREROOM, environment, free_port, service, until, wireroom
from workers.queue.leaving import EXIT_CODE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "wireroom.sqlite"


@pytest.fixture
def env(file: Path) -> dict[str, str]:
    return environment(f"sqlite:///{file}", WIREROOM_FLOWER_PORT=str(free_port()))


def _documents(file: Path) -> int:
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        (count,) = connection.execute("SELECT count(*) FROM documents WHERE state = 'stored'").fetchone()
        return int(count)
    finally:
        connection.close()


def test_a_copy_of_the_file_that_run_names_is_a_backup(env: dict[str, str], file: Path, tmp_path: Path) -> None:
    done = wireroom(env, "run", write_articles(tmp_path / "in", 3))
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("The results are in ")]
    named = Path(line.removeprefix("The results are in "))
    assert named == file
    assert not list(tmp_path.glob("wireroom.sqlite-*"))
    assert _documents(Path(shutil.copy(named, tmp_path / "copy.sqlite"))) == 3
    file.unlink()
    shutil.copy(tmp_path / "copy.sqlite", file)
    again = wireroom(env, "run", write_articles(tmp_path / "in", 3))
    assert "3 documents (0 new, 3 known before): 3 stored." in again.stderr


def _lose(file: Path) -> None:
    for each in file.parent.glob("wireroom.sqlite*"):
        if each.is_file():
            each.unlink()


def test_a_worker_whose_file_is_gone_leaves(env: dict[str, str], file: Path, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    with service([*CELERY, "worker", "-Q", "clean", "-c", "1", "-l", "INFO"], env, log) as worker:
        until(lambda: "ready." in log.read_text(), "the worker")
        _lose(file)
        assert worker.wait(300) == EXIT_CODE
    assert "was deleted or replaced while it was in use" in log.read_text()
    assert not file.exists()


def test_up_ends_with_a_sentence_when_its_file_is_gone(env: dict[str, str], file: Path, tmp_path: Path) -> None:
    log = tmp_path / "up.log"
    with service([*WIREROOM, "up"], env, log) as up:
        until(lambda: "ready." in log.read_text(), "the worker")
        _lose(file)
        assert up.wait(300) == 3
    assert f"wireroom: {file}: was deleted or replaced while it was in use" in log.read_text()
    assert not file.exists()
