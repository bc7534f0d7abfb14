"""The background services as people run them: `up`, plain `celery`, Flower; documents fed in while they run."""

from __future__ import annotations

import base64
import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from schemas.stages import Stage
from tests.integration.articles import write_articles
from tests.integration.program import (
    CELERY,
    ROOT,
    WIREROOM,
    environment,
    export,
    service,
    status,
    until,
    wireroom,
)

_AUTH = "desk:only-for-this-test"


def _flower_tasks(port: int) -> list[dict[str, Any]]:
    """The tasks that Flower shows, or none while it cannot be reached."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/tasks")
    request.add_header("Authorization", "Basic " + base64.b64encode(_AUTH.encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return list(json.load(answer).values())
    except OSError:
        return []


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(f"sqlite:///{tmp_path / 'wireroom.sqlite'}", WIREROOM_FLOWER_AUTH=_AUTH)


def test_up_takes_documents_and_flower_shows_each_moving_and_remembers(env: dict[str, str], tmp_path: Path) -> None:
    port, log = int(env["WIREROOM_FLOWER_PORT"]), tmp_path / "up.log"
    articles = write_articles(tmp_path / "in", 3)

    def finished() -> dict[str, list[dict[str, Any]]]:
        tasks = [task for task in _flower_tasks(port) if task["state"] == "SUCCESS" and task["name"] in list(Stage)]
        return {stage: [task for task in tasks if task["name"] == stage] for stage in Stage}

    with service([*WIREROOM, "up"], env, log):
        until(lambda: status(env)["workers"], "workers")
        until(lambda: _flower_answers(port), "Flower")
        done = wireroom(env, "ingest", "--wait", articles)
        assert done.returncode == 0, done.stderr
        assert "3 documents: 3 stored." in done.stderr
        until(lambda: all(len(tasks) == 3 for tasks in finished().values()), "nine finished tasks in Flower")
        names = {task["name"] for task in _flower_tasks(port)}
        assert names == {str(stage) for stage in Stage}, "nothing that beat sends every few seconds"
        for stage, tasks in finished().items():
            shown = sorted(task["kwargs"] for task in tasks)
            assert all(re.fullmatch(r"title=Fire \d, source=desk.example, id=[0-9a-f]{32}", kwargs) for kwargs in shown)
            assert not any("Moral" in str(task) for task in tasks), f"an article's body is shown in {stage}"

    assert status(env)["workers"] is None, "what `up` started has ended with it"
    with service([*WIREROOM, "up"], env, log):
        until(lambda: all(len(tasks) == 3 for tasks in finished().values()), "the tasks of before the restart")
    assert _AUTH.split(":")[1] not in log.read_text()


def _flower_answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthcheck", timeout=5) as answer:
            return bool(answer.read() == b"OK")
    except OSError:
        return False


def test_flower_asks_for_its_password_wherever_it_is_started(env: dict[str, str], tmp_path: Path) -> None:
    port = int(env["WIREROOM_FLOWER_PORT"])
    env["PYTHONPATH"] = str(ROOT)
    with service([*CELERY, "flower"], env, tmp_path / "flower.log", folder=tmp_path):
        until(lambda: _flower_answers(port), "Flower")
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/tasks", timeout=5)


def test_plain_celery_workers_scale_one_stage_alone(env: dict[str, str], tmp_path: Path) -> None:
    articles = write_articles(tmp_path / "in", 6)
    rest = [*CELERY, "worker", "-l", "INFO", "-Q", "clean,dedupe,sweep", "-n", "rest@%h", "-c", "1"]
    extract = [*CELERY, "worker", "-l", "INFO", "-Q", "extract", "-n", "extract@%h", "-c", "1"]
    with service(rest, env, tmp_path / "rest.log"):
        until(lambda: status(env)["workers"], "the first worker")
        assert wireroom(env, "ingest", articles).returncode == 0
        until(lambda: status(env)["documents"]["cleaned"] == 6, "all documents before the stage nobody serves")
        assert status(env)["queues"]["extract"] == 6
        with service(extract, env, tmp_path / "extract.log"):
            until(lambda: status(env)["documents"]["stored"] == 6, "the added worker to do its stage")
    lines = (tmp_path / "extract.log").read_text()
    ids = {document["id"] for document in export(env, "documents")}
    done = set(re.findall(r"task=[0-9a-f-]{36} document=([0-9a-f]{32}) extract done in \d+ ms", lines))
    assert done == ids, "one line an event, with task id and document id"
    assert "clean done" not in lines


def test_without_services_ingest_keeps_the_documents_and_says_what_to_start(
    env: dict[str, str], tmp_path: Path
) -> None:
    done = wireroom(env, "ingest", write_articles(tmp_path / "in", 1))
    assert done.returncode == 3
    assert "is not running; start the services with `wireroom up`, or set REDIS_URL" in done.stderr
