"""Documents that are poison, on real worker processes: whatever each does to its process, it ends in `failures` after a
few attempts, and its neighbours are done.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.integration.articles import write_articles
from tests.integration.program import CELERY, documents, environment, export, service, until, wireroom

# Raised at once; past the soft limit; past the hard one, for it hears no signal; a crash in native code; out of memory.
_POISON = {
    "raise": ("RuntimeError", "planted:"),
    "hang": ("TooLargeError", "2 attempts of clean timed out or crashed their process"),
    "hang-deaf": ("TooLargeError", "2 attempts of clean timed out or crashed their process"),
    "crash": ("TooLargeError", "2 attempts of clean timed out or crashed their process"),
    "out-of-memory": ("TooLargeError", "2 attempts of clean timed out or crashed their process"),
}
_ATTEMPTS = 2
_WORKER = [*CELERY, "worker", "-l", "INFO", "-c", "2", "--without-mingle", "--without-gossip"]


def test_each_ends_in_failures_after_a_few_tries_and_all_else_goes_on(database_url: str, tmp_path: Path) -> None:
    env = environment(
        database_url,
        WIREROOM_DATA=str(tmp_path / "data"),
        WIREROOM_STAGE_SECONDS="12",  # on a busy machine a new process needs most of it to load the models
        WIREROOM_MAX_ATTEMPTS=str(_ATTEMPTS),
        WIREROOM_SWEEP_SECONDS="2",
        WIREROOM_STALE_SECONDS="15",
    )
    poison = tmp_path / "poison.jsonl"
    poison.write_text("".join(json.dumps({"id": kind, "content": f"planted {kind}"}) + "\n" for kind in _POISON))
    count = 8
    log = tmp_path / "worker.log"
    with (
        service([*_WORKER, "--include", "tests.integration.planted"], env, log) as worker,
        service([*CELERY, "beat", "-l", "INFO"], env, tmp_path / "beat.log") as beat,
    ):
        until(lambda: "ready." in log.read_text(), "the worker")
        assert wireroom(env, "ingest", poison, write_articles(tmp_path / "in", count)).returncode == 0
        until(lambda: documents(env)["stored"] == count, "their neighbours")
        until(lambda: documents(env)["failed"] == len(_POISON), "every poison to end")
        assert (worker.poll(), beat.poll()) == (None, None)
    ids = {document["id"]: document["external_id"] for document in export(env, "documents")}
    failures = {ids[failure["document_id"]]: failure for failure in export(env, "failures")}
    assert failures.keys() == _POISON.keys()
    for kind, (error_type, says) in _POISON.items():
        failure = failures[kind]
        assert (failure["stage"], failure["error_type"]) == ("clean", error_type), kind
        assert says in failure["error"], kind
        assert failure["attempts"] == (1 if kind == "raise" else _ATTEMPTS), kind
        assert failure["payload"]["document_id"] == failure["document_id"]
        assert error_type in failure["traceback"]
    lines = log.read_bytes()
    assert b"\x1b[2J" not in lines, "what an error quotes commands no terminal"
