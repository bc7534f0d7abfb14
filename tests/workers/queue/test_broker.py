"""The embedded broker: real, private, shared while somebody uses it, gone when nobody does."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
import redis

from schemas.errors import ServiceError
from workers import settings as settings_module
from workers.queue.broker import broker_running, broker_url, connect, require_broker, revive_broker, without_password
from workers.settings import settings


def test_it_runs_while_it_is_used_and_stops_with_the_last_user() -> None:
    assert broker_url() is None
    with broker_running() as url:
        assert broker_url() == url
        with broker_running() as same:
            assert same == url
        connect(url).set("kept", "yes")
    assert broker_url() is None
    with broker_running() as url:
        assert connect(url).get("kept") == b"yes", "the append-only file brings the messages back"


def test_it_listens_on_loopback_and_asks_for_its_password() -> None:
    with broker_running() as url:
        client = connect(url)
        assert client.config_get("bind") == {"bind": "127.0.0.1"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        port = url.rsplit(":", 1)[1].split("/")[0]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=int(port)).ping()
        assert (settings().services_folder / "broker.json").stat().st_mode & 0o077 == 0


def test_after_a_kill_the_next_user_starts_it_anew_with_what_it_held() -> None:
    with broker_running() as url:
        connect(url).set("kept", "yes")
        time.sleep(1.1)  # the append-only file is synced every second
        pid = connect(url).info("server")["process_id"]
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)  # until it is dead, it is merely slow
        with broker_running() as anew:
            assert connect(anew).get("kept") == b"yes"


def test_one_that_is_merely_slow_is_not_taken_for_dead() -> None:
    with broker_running() as url:
        pid = connect(url).info("server")["process_id"]
        os.kill(pid, signal.SIGSTOP)
        try:
            assert not revive_broker()
            assert broker_url() == url
        finally:
            os.kill(pid, signal.SIGCONT)
        connect(url).ping()


def test_a_dead_one_is_revived_at_its_old_address() -> None:
    with broker_running() as url:
        pid = connect(url).info("server")["process_id"]
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        assert broker_url() is None
        assert revive_broker()
        assert broker_url() == url
        connect(url).ping()


def test_a_broker_that_cannot_be_reached_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://user:secret@127.0.0.1:1/0")
    settings_module.settings.cache_clear()
    with pytest.raises(ServiceError, match=r"redis://user:\*\*\*@127\.0\.0\.1:1/0: cannot be reached") as raised:
        require_broker()
    assert "secret" not in str(raised.value)


def test_no_broker_at_all_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="start the services with `wireroom up`"):
        require_broker()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://:secret@localhost:6379/0", "redis://:***@localhost:6379/0"),
        ("rediss://u:p%40ss@h/1", "rediss://u:***@h/1"),
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, shown: str) -> None:
    assert without_password(url) == shown
