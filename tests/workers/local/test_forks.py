"""Services as forks of the command that starts them: processes of their own in all that `python -m` gives."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from workers.local import forks
from workers.queue.app import app

ROOT = Path(__file__).parents[3]

# A command in a process without threads, which pytest's is not: it starts the module `told` as a service.
_COMMAND = """
import os, signal, sys, time
from pathlib import Path
from workers.local.services import Service, restart_ended, running

service = Service("one", [sys.executable, "-m", "told", *sys.argv[2:]], wait=0.0)
signal.signal(signal.SIGTERM, lambda *_: sys.exit("the command's own handler"))
try:
    with open(sys.argv[1], "wb") as output, running([service], output):
        print("kind", type(service.process).__name__)
        {then}
finally:
    print("ended by", os.getpid())
"""


def _run(folder: Path, told: str, then: str, *arguments: str) -> tuple[str, list[str]]:
    """What the service wrote, and the lines of the command that started it."""
    (folder / "told.py").write_text(told)
    (folder / "command.py").write_text(_COMMAND.format(then=then.replace("\n", "\n        ")))
    env = os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "DATABASE_URL": f"sqlite:///{folder}/w.sqlite"}
    done = subprocess.run(
        [sys.executable, folder / "command.py", folder / "log", *arguments],
        env=env,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return (folder / "log").read_text(), done.stdout.splitlines()


def test_a_fork_is_a_process_of_its_own(tmp_path: Path) -> None:
    told = """
import os, signal, sys
print(sys.argv[1:], __name__, open("/proc/self/comm").read().strip())
print(os.getsid(0) == os.getpid(), os.path.samefile("/proc/self/fd/0", os.devnull))
print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, os.environ["WIREROOM_CREATE_DATABASE"])
print("to errors", file=sys.stderr)
"""
    log, lines = _run(tmp_path, told, "print('code', service.process.wait(60))", "-c", "2")
    assert sorted(log.splitlines()) == [
        "True True",
        "True false",
        "['-c', '2'] __main__ wireroom-one",
        "to errors",
    ]
    assert lines[:2] == ["kind Fork", "code 0"]
    assert len(lines) == 3, "what the command does at its end, the fork does not"


@pytest.mark.parametrize(
    ("ending", "code", "said"),
    [
        ("sys.exit(7)", 7, ""),
        ("sys.exit('wireroom: no')", 1, "wireroom: no"),
        ("1 / 0", 1, "ZeroDivisionError"),
        ("os.kill(os.getpid(), 9)", -9, None),
    ],
)
def test_its_exit_code_is_that_of_a_program(tmp_path: Path, ending: str, code: int, said: str | None) -> None:
    told = f"import atexit, os, sys\natexit.register(print, 'at exit')\n{ending}\n"
    log, lines = _run(tmp_path, told, "print('code', service.process.wait(60))")
    assert f"code {code}" in lines
    if said is None:
        assert not log
    else:
        assert said in log
        assert "at exit" in log


def test_one_that_was_killed_is_told_and_started_again_by_its_command(tmp_path: Path) -> None:
    told = "import time\nprint(open('/proc/self/comm').read().strip(), flush=True)\ntime.sleep(60)\n"
    then = """
path = Path(sys.argv[1])
while not path.read_text(): time.sleep(0.02)
first = service.process.pid
os.kill(first, signal.SIGKILL)
while not (ended := restart_ended([service], output)): time.sleep(0.02)
print(ended)
restart_ended([service], output)
print("kind", type(service.process).__name__, service.process.pid != first)
while path.read_text().count("\\n") < 2: time.sleep(0.02)
"""
    log, lines = _run(tmp_path, told, then.strip())
    assert lines[:3] == ["kind Fork", "[('one', -9)]", "kind Popen True"]
    first, second = log.splitlines()
    assert first == "wireroom-one" != second


def test_one_is_ended_with_its_command(tmp_path: Path) -> None:
    told = "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n"
    then = "while not Path(sys.argv[1]).read_text(): time.sleep(0.02)\nos.kill(os.getpid(), signal.SIGTERM)"
    with pytest.raises(AssertionError, match="the command's own handler"):
        _run(tmp_path, told, then)
    pid = int((tmp_path / "log").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_only_a_process_without_threads_and_connections_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    app.cache_clear()
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    command = [sys.executable, "-m", "celery"]
    assert forks.is_forkable(command)
    assert not forks.is_forkable(["sleep", "60"])
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert not forks.is_forkable(command)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    app()
    try:
        assert not forks.is_forkable(command)
    finally:
        app.cache_clear()
