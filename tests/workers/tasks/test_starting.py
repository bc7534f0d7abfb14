"""What a worker does at its start."""

from __future__ import annotations

import subprocess
import sys
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


def test_what_documents_need_is_there_before_processes_fork() -> None:
    """What a process loads with its first document it shares with no other."""
    program = """
import sys
from types import SimpleNamespace
from schemas.stages import Stage
from workers.tasks.stage_settings import clean_rules, gazetteer
from workers.tasks.starting import _warm_up
queues = SimpleNamespace(consume_from=dict.fromkeys(Stage))
_warm_up(SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=queues))))
before = set(sys.modules)
from pipeline import clean, dedupe, extract
from schemas.documents import RawDocument
page = "<html><body><p>Three people were hurt in a fire in Paris, a doctor said.</p></body></html>"
document = RawDocument(content=page, content_type="text/html")
text = clean.clean(document, clean_rules()).text
extract.extract(text, gazetteer=gazetteer())
dedupe.fingerprint(text, "A fire", "en", [])
print(*sorted(set(sys.modules) - before))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout.split() == []
