"""A short taste of what goes wrong on a real day: after each fault every document ends, once."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import psutil
import redis
from sqlalchemy.exc import DBAPIError

from schemas.stages import State
from tests.integration.articles import write_articles
from tests.integration.program import CELERY, WIREROOM, environment, export, service, status, until, wireroom
from workers.settings import Settings
from workers.store import census
from workers.store.database import Database

_WORKER = [*CELERY, "worker", "-l", "INFO", "-c", "2", "--without-mingle"]
_BEAT = [*CELERY, "beat", "-l", "INFO"]


def _stored(env: dict[str, str]) -> int:
    """How many documents are stored, straight from the tables: asking `status` takes longer than what it watches."""
    tables = Database(Settings(database_url=env["DATABASE_URL"]).database)
    try:
        with tables.reading() as session:
            return census.by_state(session)[State.STORED]
    except DBAPIError:
        return 0  # before the tables are made
    finally:
        tables.engine.dispose()


def _flush(folder: Path) -> None:
    """FLUSHALL on the embedded broker: every queue, and what workers hold unacknowledged, is gone."""
    (place,) = folder.rglob("broker.json")
    redis.Redis.from_url(json.loads(place.read_text())["url"]).flushall()


def _pool_process(worker: int) -> int:
    """One of the processes in which a worker does its tasks; its embedded broker is a child too."""
    return next(child.pid for child in psutil.Process(worker).children() if "valkey" not in child.name())


def test_kills_and_a_flushed_broker_lose_and_double_nothing(database_url: str, tmp_path: Path) -> None:
    env = environment(
        database_url,
        WIREROOM_DATA=str(tmp_path / "data"),
        WIREROOM_SWEEP_SECONDS="1",
        WIREROOM_STALE_SECONDS="2",
    )
    count = 60
    log = tmp_path / "services.log"
    with service(_WORKER, env, log) as first:
        until(lambda: status(env)["workers"], "the worker")
        with service(_BEAT, env, log):
            assert wireroom(env, "ingest", write_articles(tmp_path / "in", count)).returncode == 0
            until(lambda: _stored(env) > 5, "some documents to be done")
            files = [file.path for file in psutil.Process(first.pid).open_files()]
            assert not [path for path in files if "sqlite" in path], "a connection would cross the fork"
            os.kill(_pool_process(first.pid), signal.SIGKILL)
            until(lambda: _stored(env) > 15, "the pool to go on without the process that was killed")
            os.kill(first.pid, signal.SIGKILL)
            _flush(tmp_path)
            with service(_WORKER, env, log):
                until(lambda: _stored(env) == count, "the sweeper to bring back every document")
    _check_whole(env, count)


def test_a_broker_killed_during_a_run_comes_back_and_nothing_is_lost(tmp_path: Path) -> None:
    env = environment(
        f"sqlite:///{tmp_path / 'wireroom.sqlite'}", WIREROOM_SWEEP_SECONDS="1", WIREROOM_STALE_SECONDS="2"
    )
    articles = write_articles(tmp_path / "in", 50)
    with service([*WIREROOM, "run", str(articles)], env, tmp_path / "run.log") as run:
        until(lambda: _stored(env) > 3, "some documents to be done")
        (place,) = tmp_path.rglob("broker.json")
        os.kill(json.loads(place.read_text())["pid"], signal.SIGKILL)
        assert run.wait(120) == 0, (tmp_path / "run.log").read_text()
    _check_whole(env, 50)


def _check_whole(env: dict[str, str], count: int) -> None:
    documents, claims = export(env, "documents"), export(env, "claims")
    assert len(documents) == count
    assert {document["state"] for document in documents} == {"stored"}
    assert len({claim["id"] for claim in claims}) == len(claims)
    assert {claim["document_id"] for claim in claims} == {document["id"] for document in documents}
    assert export(env, "failures") == []


def test_a_run_that_was_killed_goes_on_with_the_next(tmp_path: Path) -> None:
    env = environment(f"sqlite:///{tmp_path / 'wireroom.sqlite'}", WIREROOM_SWEEP_SECONDS="2")
    articles = write_articles(tmp_path / "in", 60)
    with service([*WIREROOM, "run", str(articles)], env, tmp_path / "run.log") as run:
        until(lambda: _stored(env) > 3, "some documents to be done")
        for process in [*psutil.Process(run.pid).children(recursive=True), psutil.Process(run.pid)]:
            process.kill()
    done = wireroom(env, "run", articles)
    assert done.returncode == 0, done.stderr
    assert "60 documents (0 new, 60 known before): 60 stored." in done.stderr
    _check_whole(env, 60)


def test_a_run_that_is_told_to_stop_leaves_nothing_running(tmp_path: Path) -> None:
    env = environment(f"sqlite:///{tmp_path / 'wireroom.sqlite'}")
    with service([*WIREROOM, "run", str(write_articles(tmp_path / "in", 60))], env, tmp_path / "run.log") as run:
        until(lambda: _stored(env) > 3, "some documents to be done")
        started = psutil.Process(run.pid).children(recursive=True)
        run.terminate()
        run.wait(60)
        _, alive = psutil.wait_procs(started, timeout=10)
    assert alive == []
    assert "what was accepted is kept" in (tmp_path / "run.log").read_text()
