"""A Redis that answers with errors, because its memory is full or its disk is: workers wait for it and go on."""

from __future__ import annotations

from pathlib import Path

from tests.integration.articles import write_articles
from tests.integration.program import CELERY, documents, environment, service, until, wireroom
from workers.queue.broker import broker_running, connect
from workers.queue.consuming import consuming


def test_a_worker_started_while_redis_is_full_works_once_it_is_not(tmp_path: Path) -> None:
    with broker_running() as url:
        broker = connect(url)
        database_url = f"sqlite:///{tmp_path / 'wireroom.sqlite'}"
        env = environment(database_url, REDIS_URL=url, WIREROOM_SWEEP_SECONDS="2", WIREROOM_STALE_SECONDS="2")
        log = tmp_path / "worker.log"
        broker.config_set("maxmemory", "1")
        with service([*CELERY, "worker", "-Q", "clean,sweep", "-c", "1", "-l", "INFO"], env, log) as worker:
            until(lambda: "not allowed when used memory" in log.read_text(), "the worker to be refused")
            broker.config_set("maxmemory", "0")
            until(lambda: consuming(broker), "the worker to consume")
            assert worker.poll() is None
            assert wireroom(env, "ingest", write_articles(tmp_path / "in", 3)).returncode == 0
            until(lambda: documents(env)["cleaned"] == 3, "its work")
            broker.config_set("maxmemory", "1")
            until(lambda: log.read_text().count("not allowed when used memory") > 1, "the worker to be refused at work")
            broker.config_set("maxmemory", "0")
            assert wireroom(env, "ingest", write_articles(tmp_path / "more", 6)).returncode == 0
            until(lambda: documents(env)["cleaned"] == 6, "its work")
            assert worker.poll() is None
