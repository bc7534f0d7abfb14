"""What a worker does at its start."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.integration.program import CELERY, ROOT


def test_a_wrong_rules_file_stops_a_worker_at_its_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("no rule [\n")
    monkeypatch.setenv("WIREROOM_CLEAN_RULES", str(rules))
    worker = [*CELERY, "worker", "-Q", "clean", "-P", "solo", "--without-mingle", "--without-gossip"]
    done = subprocess.run(worker, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert f"wireroom: rules {rules}: " in done.stderr
    assert "Traceback" not in done.stderr
