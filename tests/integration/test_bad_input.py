"""Bad input: each is named with its file and line, the rest goes on, and the exit code says what happened."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from tests.integration.program import environment, export, wireroom


def test_everything_that_can_be_read_is_and_the_rest_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    good = {"id": "good", "content": "The mayor said two people were hurt when the bridge fell on Monday."}
    (folder / "lines.jsonl").write_text(json.dumps(good) + '\nno json\n{"title": "no text"}\n')
    (folder / "empty.txt").write_text("")
    (folder / "binary.html").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200))
    (folder / "truncated.jsonl.gz").write_bytes(gzip.compress(json.dumps(good).encode())[:-12])
    (folder / "encoding.json").write_bytes(b'{"content": "caf\xe9"}')
    (folder / "script.html").write_text("<html><body><script>show('article')</script></body></html>")
    env = environment(f"sqlite:///{tmp_path / 'wireroom.sqlite'}")

    done = wireroom(env, "run", folder, tmp_path / "missing.txt")

    assert done.returncode == 2, done.stderr
    for named in (
        "lines.jsonl, line 2",
        "lines.jsonl, line 3",
        "empty.txt",
        "binary.html",
        "truncated.jsonl.gz",
        "encoding.json",
        "missing.txt",
    ):
        assert any(named in line and line.startswith("not read: ") for line in done.stderr.splitlines()), named
    assert "Traceback" not in done.stderr
    states = {document["external_id"]: document["state"] for document in export(env, "documents")}
    assert states == {"good": "stored", "script": "failed"}


def test_a_document_without_an_article_fails_is_kept_and_can_be_sent_again(tmp_path: Path) -> None:
    page = tmp_path / "script.html"
    page.write_text("<html><body><script>show('article')</script></body></html>")
    env = environment(f"sqlite:///{tmp_path / 'wireroom.sqlite'}")
    done = wireroom(env, "run", page)
    assert done.returncode == 1, done.stderr
    assert "1 failed; `wireroom retry` sends them again" in done.stderr
    (failure,) = export(env, "failures")
    (document,) = export(env, "documents")
    assert (failure["stage"], failure["error_type"], failure["attempts"]) == ("clean", "NoTextError", 1)
    assert failure["payload"]["document_id"] == failure["document_id"] == document["id"]
    assert "Traceback" in failure["traceback"]
    assert document["error"] == failure["error"]
    assert wireroom(env, "retry").returncode == 3, "there is no broker to send it to"
    (document,) = export(env, "documents")
    assert document["state"] == "failed", "and it stays what it was"
