"""The passwords of broker, database and Flower: in no log, page, status, command line or error of any real process."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from sqlalchemy.engine import make_url

from tests.conftest import UseBroker
from tests.integration.articles import write_articles
from tests.integration.program import CELERY, WIREROOM, broker_of, environment, service, until, wireroom
from workers.queue.app import app
from workers.queue.consuming import consuming

_DATABASE = "Yz8-of-the-database"
_BROKER = "Qw7-of-the-broker"
_FLOWER = "Lk5-of-flower"


def _page(port: int, path: str) -> str:
    """A page of Flower, which is asked for with its password; empty while Flower does not answer."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    request.add_header("Authorization", "Basic " + base64.b64encode(f"desk:{_FLOWER}".encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return error.read().decode()
    except OSError:
        return ""


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_services_at_work_show_no_password(database_url: str, tmp_path: Path, use_broker: UseBroker) -> None:
    env = environment(
        make_url(database_url).set(password=_DATABASE).render_as_string(hide_password=False),
        WIREROOM_DATA=str(tmp_path / "data"),
        WIREROOM_FLOWER_AUTH=f"desk:{_FLOWER}",
        WIREROOM_LOG_LEVEL="DEBUG",
    )
    port, log = int(env["WIREROOM_FLOWER_PORT"]), tmp_path / "up.log"
    with service([*WIREROOM, "up"], env, log) as up:
        until(lambda: "ready." in log.read_text(), "the first worker, and so the broker")
        with broker_of(tmp_path) as client:
            # Beside the worker of the stages there is that of the fetches, and either may be the first.
            until(lambda: any("clean" in queues for queues in consuming(client).values()), "a worker that consumes")
            (worker,) = (name for name, queues in consuming(client).items() if "clean" in queues)
        until(lambda: worker in _page(port, "/api/workers?refresh=1"), "Flower to know the worker")
        assert wireroom(env, "ingest", "--wait", write_articles(tmp_path / "in", 2)).returncode == 0
        (place,) = tmp_path.rglob("broker.json")
        url = json.loads(place.read_text())["url"]
        use_broker(url)
        broker = url.split(":")[2].split("@")[0]
        assert len(broker) > 20
        shown = {
            path: _page(port, path) for path in ("/api/workers?refresh=1", f"/worker/{worker}", "/broker", "/tasks")
        }
        asked = app().control.inspect(timeout=10.0)
        shown |= {"stats": json.dumps(asked.stats()), "conf": json.dumps(asked.conf()), "report": app().bugreport()}
        for command in ("status --json", "healthcheck"):
            done = wireroom(env, *command.split())
            shown[command] = done.stdout + done.stderr
        for process in [psutil.Process(up.pid), *psutil.Process(up.pid).children(recursive=True)]:
            shown[f"command line of {process.name()}"] = " ".join(process.cmdline())
    shown["log"] = log.read_text()
    assert worker in shown["stats"]
    assert worker in shown["conf"]
    assert "sweep" in shown["log"]
    for where, text in shown.items():
        assert text, where
        for password in (broker, _DATABASE, _FLOWER):
            assert password not in text, where


def _name(command: list[str]) -> str:
    return " ".join(command[1:])


_WORKER, _BEAT = [*CELERY, "worker", "-l", "DEBUG", "-c", "1"], [*CELERY, "beat", "-l", "DEBUG"]
_OURS = [[*WIREROOM, "up"], [*WIREROOM, "run", "seeds"], [*WIREROOM, "status"], [*WIREROOM, "healthcheck"]]

# What each says once it has found that it cannot log in, in the words of Valkey, redis-py, PostgreSQL or our own.
_COMPLAINTS = ("WRONGPASS", "invalid username-password", "cannot be reached", "onnection refused", "does not exist")


def _complains(command: list[str], env: dict[str, str], log: Path) -> str:
    """What a process writes until it has complained, or has ended."""
    with service(command, env, log) as process:
        until(
            lambda: process.poll() is not None or any(words in log.read_text() for words in _COMPLAINTS),
            "a complaint",
        )
    text = log.read_text()
    assert any(words in text for words in _COMPLAINTS), text
    return text


@pytest.mark.parametrize("command", [_WORKER, _BEAT, [*CELERY, "flower"], *_OURS], ids=_name)
def test_a_service_that_cannot_log_in_at_the_broker_shows_no_password(
    command: list[str], broker: str, tmp_path: Path
) -> None:
    env = environment(
        f"sqlite:///{tmp_path / 'wireroom.sqlite'}",
        REDIS_URL=f"redis://desk:{_BROKER}@{broker.rpartition('@')[2]}",
        WIREROOM_SWEEP_SECONDS="1",
    )
    assert _BROKER not in _complains(command, env, tmp_path / "log")


@pytest.mark.parametrize("command", [[*_WORKER, "-B"], *_OURS[:3]], ids=_name)  # the worker sweeps, by its own beat
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_service_that_cannot_log_in_at_the_database_shows_no_password(
    command: list[str], database_url: str, broker: str, tmp_path: Path
) -> None:
    unknown = make_url(database_url).set(username="nobody_here", password=_DATABASE)
    env = environment(
        unknown.render_as_string(hide_password=False),
        REDIS_URL=broker,
        WIREROOM_SWEEP_SECONDS="1",
        WIREROOM_DATA=str(tmp_path),
    )
    assert _DATABASE not in _complains(command, env, tmp_path / "log")
