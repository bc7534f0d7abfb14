"""Workers that stop consuming while their process lives: they say so and leave, and the healthcheck tells before."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
import redis

from schemas.stages import Stage
from tests.integration.articles import write_articles
from tests.integration.program import (
    CELERY,
    WIREROOM,
    broker_of,
    documents,
    environment,
    service,
    status,
    until,
    wireroom,
)
from workers.queue.consuming import consuming
from workers.queue.leaving import EXIT_CODE

_PLANTED = ["--include", "tests.integration.planted"]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(
        f"sqlite:///{tmp_path / 'wireroom.sqlite'}",
        WIREROOM_CONSUME_SECONDS="3",
        WIREROOM_STALE_SECONDS="3600",
        WIREROOM_SWEEP_SECONDS="3600",
    )


def _worker(name: str, *arguments: str) -> list[str]:
    return [*CELERY, "worker", "-l", "INFO", "-n", name, "--without-mingle", "--without-gossip", *arguments]


def _consume(folder: Path) -> dict[str, list[str]]:
    """What `wireroom healthcheck` goes by, in less time than the command takes to start."""
    if not list(folder.rglob("broker.json")):
        return {}
    with broker_of(folder) as broker:
        try:
            return consuming(broker)
        except redis.RedisError:
            return {}


def test_a_worker_that_stopped_consuming_leaves_and_is_started_anew(env: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "up.log"
    with service([*WIREROOM, "up"], env, log):
        until(lambda: any("clean" in queues for queues in _consume(tmp_path).values()), "a worker that consumes")
        (name,) = (worker for worker, queues in _consume(tmp_path).items() if "clean" in queues)
        stopped = [*CELERY, "control", "cancel_consumer", "clean"]
        with service(stopped, env, tmp_path / "control.log") as control:
            control.wait(300)
        until(lambda: "clean" not in status(env)["workers"][name], "the worker to stop consuming")
        assert wireroom(env, "ingest", write_articles(tmp_path / "in", 3)).returncode == 0
        until(lambda: documents(env)["stored"] == 3, "the worker started anew to take the documents")
        until(lambda: name in _consume(tmp_path), "its healthcheck")
    lines = log.read_text()
    assert "stopped consuming: 3 messages wait on clean" in lines
    assert f"worker exited with code {EXIT_CODE} and is restarted" in lines


def test_a_worker_whose_event_loop_stands_leaves_too(env: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    env |= {"PLANTED_STOPPED_LOOP": "yes"}
    with service(_worker("stuck@here", "-c", "1", *_PLANTED), env, log) as worker:
        until(lambda: "ready." in log.read_text(), "the worker")
        until(lambda: "stuck@here" in _consume(tmp_path), "its healthcheck")
        assert wireroom(env, "ingest", write_articles(tmp_path / "in", 3)).returncode == 0
        until(lambda: "stuck@here" not in _consume(tmp_path), "an unhealthy worker")
        assert worker.wait(300) == EXIT_CODE
    with broker_of(tmp_path) as broker:  # which a worker that ends at once leaves to the next
        broker.shutdown(nosave=True)
    assert "the event loop is blocked; exiting at once" in log.read_text()


def test_a_worker_busy_with_one_long_document_stays(env: dict[str, str], tmp_path: Path) -> None:
    long = tmp_path / "long.jsonl"
    long.write_text("".join(json.dumps({"content": f"planted sleep 8 {n}"}) + "\n" for n in range(2)))
    log = tmp_path / "worker.log"
    with service(_worker("busy@here", "-c", "1", *_PLANTED), env, log) as worker:
        until(lambda: "busy@here" in _consume(tmp_path), "the worker")
        assert wireroom(env, "ingest", long).returncode == 0
        until(lambda: documents(env)["received"] < 2, "the first of them to be done")
        assert "busy@here" in _consume(tmp_path)
        until(lambda: documents(env)["received"] == 0, "the second to be done")
        assert worker.poll() is None
    assert "stopped consuming" not in log.read_text()


def test_the_healthcheck_tells_a_worker_that_is_there_but_does_nothing(env: dict[str, str], tmp_path: Path) -> None:
    with service(_worker("frozen@here", "-c", "1"), env, tmp_path / "worker.log") as worker:
        until(lambda: "frozen@here" in _consume(tmp_path), "the worker")
        done = wireroom(env, "healthcheck")
        assert (done.returncode, done.stdout) == (0, "frozen@here consumes clean, dedupe, extract, fetch, sweep\n")
        os.kill(worker.pid, signal.SIGSTOP)
        try:
            until(lambda: "frozen@here" not in _consume(tmp_path), "the healthcheck to tell")
            done = wireroom(env, "healthcheck", "frozen@here")
            assert "worker frozen@here: is not consuming, or is not running; see its log" in done.stderr
            done = wireroom(env, "healthcheck")
            assert "stage clean, extract, dedupe: has no consuming worker" in done.stderr
        finally:
            os.kill(worker.pid, signal.SIGCONT)
        until(lambda: "frozen@here" in _consume(tmp_path), "the healthcheck to tell that it is back")


def test_connections_that_redis_resets_again_and_again_stop_no_worker(env: dict[str, str], tmp_path: Path) -> None:
    with service([*WIREROOM, "up"], env, tmp_path / "up.log"):
        until(lambda: _consume(tmp_path), "a worker that consumes")
        assert wireroom(env, "ingest", write_articles(tmp_path / "in", 20)).returncode == 0
        with broker_of(tmp_path) as broker:
            for _ in range(5):
                broker.client_kill_filter(_type="normal", skipme=True)
                broker.client_pause(300)
            assert wireroom(env, "ingest", write_articles(tmp_path / "in", 40)).returncode == 0
            broker.client_kill_filter(_type="normal", skipme=True)
            # What was on a connection when it was cut, the sweeper would send again; what is on the queues must go.
            until(lambda: not any(broker.llen(stage) for stage in Stage), "the queues to be consumed")
        until(lambda: _consume(tmp_path), "a worker that consumes")
