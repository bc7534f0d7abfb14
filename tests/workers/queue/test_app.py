"""The Celery app is built by the settings when it is first needed, wherever the service was started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.program import CELERY, ROOT
from workers.queue.app import app
from workers.settings import settings


def _done(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_app_is_built_by_the_settings_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREROOM_STAGE_SECONDS", "77")
    settings.cache_clear()
    assert app() is app()
    assert (app().conf.task_soft_time_limit, app().conf.task_time_limit) == (77, 87)


def test_loading_a_module_reads_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREROOM_PROCESSES", "some")
    modules = "workers.queue.app, workers.tasks.starting, workers.tasks.stages, workers.tasks.sweeper, workers.cli.main"
    done = _done(ROOT, sys.executable, "-c", f"import {modules}")
    assert done.returncode == 0, done.stderr


def test_a_setting_that_cannot_be_used_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WIREROOM_PROCESSES", "some")
    done = _done(ROOT, *CELERY, "report")
    assert done.returncode == 1
    assert done.stderr.startswith("wireroom: WIREROOM_PROCESSES: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("module", ["schemas", "pipeline"])
def test_somebodys_own_module_of_our_packages_name_stays_out_of_the_way(module: str, tmp_path: Path) -> None:
    (tmp_path / f"{module}.py").write_text("raise RuntimeError('not ours')\n")
    done = _done(tmp_path, *CELERY, "report")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "transport:redis" in done.stdout


def test_a_plain_celery_worker_multiplies_on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    told = (
        "import os, sys; import workers; workers.app; print(os.environ['OPENBLAS_NUM_THREADS'], 'numpy' in sys.modules)"
    )
    assert _done(ROOT, sys.executable, "-c", told).stdout.split() == ["1", "False"]
