"""Services as child processes: started, started again when they die, and stopped with all that they started."""

from __future__ import annotations

import os
import runpy
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas.errors import SettingError
from workers import settings as settings_module
from workers.local import services as services_module
from workers.local.services import Service, beat_service, flower_service, restart_ended, running, worker_service

_SLEEP = ["sleep", "60"]


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _dead(pid: int) -> bool:
    try:
        # A process that nobody has waited for is dead too.
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def _run_out(service: Service) -> None:
    assert service.process is not None
    service.process.wait(20)


def test_services_run_while_the_block_does() -> None:
    services = [Service("one", _SLEEP), Service("two", _SLEEP)]
    with running(services):
        assert [service.ended() for service in services] == [None, None]
    assert [service.ended() for service in services] == [-signal.SIGTERM, -signal.SIGTERM]


def test_they_are_stopped_also_when_the_block_raises() -> None:
    service = Service("one", _SLEEP)

    def fail() -> None:
        with running([service]):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert service.ended() is not None


def test_one_that_cannot_be_started_stops_those_before_it() -> None:
    services = [Service("one", _SLEEP), Service("two", ["/no/such/program"])]
    with pytest.raises(FileNotFoundError), running(services):
        pass
    assert services[0].ended() is not None


def test_stopping_gives_a_service_time_to_finish(tmp_path: Path) -> None:
    done = tmp_path / "done"
    service = Service("one", ["sh", "-c", f"trap 'sleep 0.3; touch {done}; exit 0' TERM; echo ready; sleep 60 & wait"])
    ready = tmp_path / "log"
    with ready.open("wb") as output, running([service], output):
        _until(lambda: ready.read_text())
    assert done.exists()
    assert service.ended() == 0


def test_stopping_ends_one_that_will_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(services_module, "_STOP_SECONDS", 0.2)
    log = tmp_path / "log"
    service = Service("deaf", ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 60; done"])
    with log.open("wb") as output, running([service], output):
        _until(lambda: log.read_text())
    assert service.ended() == -signal.SIGKILL


def test_stopping_ends_what_the_service_itself_started(tmp_path: Path) -> None:
    log = tmp_path / "log"
    # The shell ends at once on SIGTERM; its child ignores it, as a pool's process of a killed worker would.
    child = "(trap '' TERM; while :; do sleep 60; done) & echo $!; wait"
    with log.open("wb") as output, running([Service("one", ["sh", "-c", child])], output):
        _until(lambda: log.read_text().endswith("\n"))
        pid = int(log.read_text())
        assert not _dead(pid)
    _until(lambda: _dead(pid))


def test_ctrl_c_does_not_reach_a_service_by_itself() -> None:
    service = Service("one", _SLEEP)
    with running([service]):
        assert service.process is not None
        assert os.getsid(service.process.pid) == service.process.pid != os.getsid(0)


def test_output_goes_to_the_file_given_errors_too(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("wb") as output:
        service = Service("one", ["sh", "-c", "echo out; echo err >&2"])
        with running([service], output):
            _run_out(service)
    assert log.read_text() == "out\nerr\n"


def test_one_that_ended_is_told_once_and_started_again_after_its_wait() -> None:
    service = Service("one", ["sh", "-c", "exit 7"], wait=0.2)
    with running([service]):
        _run_out(service)
        first = service.process
        assert restart_ended([service]) == [("one", 7)]
        assert restart_ended([service]) == []
        assert service.process is first, "its wait is not over"
        time.sleep(0.25)
        assert restart_ended([service]) == []
        assert service.process is not first
        _run_out(service)
        assert restart_ended([service]) == [("one", 7)], "and its next end is told again"


def test_others_are_left_alone_when_one_ends() -> None:
    services = [Service("one", ["false"], wait=0.0), Service("two", _SLEEP)]
    with running(services):
        _run_out(services[0])
        other = services[1].process
        assert restart_ended(services) == [("one", 1)]
        restart_ended(services)
        assert services[1].process is other
        assert services[1].ended() is None


def test_waits_double_up_to_a_minute() -> None:
    service = Service("one", ["true"])
    waits = []
    with running([service]):
        for _ in range(8):
            _run_out(service)
            assert len(restart_ended([service])) == 1
            waits.append(service.due - time.monotonic())
            service.due = time.monotonic()  # the wait is over
            restart_ended([service])
    assert [round(wait) for wait in waits] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_one_that_ran_well_for_long_is_started_again_quickly() -> None:
    service = Service("one", ["true"], wait=32.0)
    with running([service]):
        _run_out(service)
        service.started -= 61
        restart_ended([service])
        assert service.due - time.monotonic() == pytest.approx(1, abs=0.5)


def test_the_services_are_celerys_own_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREROOM_PROCESSES", "3")
    settings_module.settings.cache_clear()
    worker, beat, flower = worker_service(), beat_service(), flower_service()
    for service in (worker, beat, flower):
        assert list(service.command[:5]) == [sys.executable, "-m", "celery", "-A", "workers"]
    assert [service.command[5] for service in (worker, beat, flower)] == ["worker", "beat", "flower"]
    assert worker.command[worker.command.index("-c") + 1] == "3"


def _flower_configured(monkeypatch: pytest.MonkeyPatch, **settings: str) -> dict[str, object]:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")  # else it starts the embedded one
    for name, value in settings.items():
        monkeypatch.setenv(f"WIREROOM_FLOWER_{name}", value)
    settings_module.settings.cache_clear()
    return runpy.run_path(str(Path(services_module.__file__).with_name("flowerconfig.py")))


def test_flower_listens_on_this_machine_alone_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    configured = _flower_configured(monkeypatch)
    assert configured["address"] == "127.0.0.1"
    assert "basic_auth" not in configured


def test_flower_listens_beyond_this_machine_only_with_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingError, match="WIREROOM_FLOWER_AUTH: is empty, and Flower is to listen"):
        _flower_configured(monkeypatch, ADDRESS="0.0.0.0")
    assert _flower_configured(monkeypatch, ADDRESS="0.0.0.0", AUTH="u:p")["basic_auth"] == ["u:p"]
