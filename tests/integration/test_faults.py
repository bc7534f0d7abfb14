"""A short run of the fault suite, and what `wireroom run` does when something under it dies."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psutil
import pytest
from sqlalchemy.exc import DBAPIError

from schemas.stages import State
from tests.faults.comparison import Records
from tests.faults.documents import Raw, portions
from tests.faults.round import faultless, run_round
from tests.integration.articles import write_articles
from tests.integration.program import CELERY, WIREROOM, broker_of, environment, export, service, status, until, wireroom
from workers.settings import Settings
from workers.store import census
from workers.store.database import Database


def _stored(env: dict[str, str]) -> int:
    """How many documents are stored, straight from the tables: asking `status` takes longer than what it watches."""
    tables = Database(Settings(DATABASE_URL=env["DATABASE_URL"]).database)
    try:
        with tables.reading() as session:
            return census.by_state(session)[State.STORED]
    except DBAPIError:
        return 0  # before the tables are made
    finally:
        tables.engine.dispose()


# The other tests run meanwhile, and a worker's start takes many times as long on a busy machine.
_PATIENCE = 3.0


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL, which does not run as root, may enter."""
    made = Path(tempfile.mkdtemp(prefix="wireroom-faults-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def handed_in() -> list[list[Raw]]:
    return portions(seed=7, count=2, size=16)


@pytest.fixture(scope="module")
def expected(folder: Path, handed_in: list[list[Raw]]) -> Records:
    """What a run without faults gives."""
    records = faultless(folder / "without-faults", "sqlite", handed_in, _PATIENCE)
    assert all(records.values()), "there is something of every kind to lose"
    return records


@pytest.mark.timeout(1800)  # each fault and the end have minutes to recover in
@pytest.mark.parametrize(
    ("kind", "faults"),
    [
        ("sqlite", ["kill -9 pool process", "kill -9 worker", "FLUSHALL", "kill -9 broker, no AOF"]),
        ("postgresql", ["kill -9 PostgreSQL", "kill -9 everything", "kill -9 producer", "broker connections cut"]),
    ],
)
def test_faults_at_random_moments_lose_and_double_nothing(
    kind: str, faults: list[str], folder: Path, handed_in: list[list[Raw]], expected: Records
) -> None:
    result = run_round(folder / kind, kind, handed_in, expected, Random(7), faults, patience=_PATIENCE)
    assert sorted(struck.fault for struck in result.struck) == sorted(faults)
    assert result.well, result


def test_no_connection_to_the_tables_crosses_the_fork(tmp_path: Path) -> None:
    env = environment(f"sqlite:///{tmp_path / 'wireroom.sqlite'}")
    with service([*CELERY, "worker", "-c", "1"], env, tmp_path / "worker.log") as worker:
        until(lambda: status(env)["workers"], "the worker")
        files = [file.path for file in psutil.Process(worker.pid).open_files()]
    assert not [path for path in files if "sqlite" in path]


def test_a_broker_killed_during_a_run_comes_back_and_nothing_is_lost(tmp_path: Path) -> None:
    env = environment(
        f"sqlite:///{tmp_path / 'wireroom.sqlite'}", WIREROOM_SWEEP_SECONDS="1", WIREROOM_STALE_SECONDS="2"
    )
    articles = write_articles(tmp_path / "in", 50)
    with service([*WIREROOM, "run", str(articles)], env, tmp_path / "run.log") as run:
        until(lambda: _stored(env) > 3, "some documents to be done")
        with broker_of(tmp_path) as broker:
            os.kill(broker.info("server")["process_id"], signal.SIGKILL)
        assert run.wait(600) == 0, (tmp_path / "run.log").read_text()
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
        run.wait(300)
        _, alive = psutil.wait_procs(started, timeout=10)
    assert alive == []
    assert "accepted documents are kept" in (tmp_path / "run.log").read_text()
