"""Documents whose every field is made to be mistaken for SQL, a shell's, a spreadsheet's or a terminal's command."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from tests.integration.program import environment, export, wireroom

_SQL = "'; DROP TABLE documents; --"
_SHELL = "$(touch taken) `touch taken` ; touch taken | touch taken & {touch,taken}"
_CELL = '=HYPERLINK("http://a.example","x")'
_SCREEN = "\x1b]0;title\x07\x1b[2J\x9b2J\x08\x7f\u2028\u202e all is well\r\nINFO"


def _unprintable(text: str) -> set[str]:
    return {c for c in text if not c.isprintable() and c not in "\r\n"}


def test_none_of_it_is_taken_for_a_command(database_url: str, tmp_path: Path) -> None:
    folder, here = tmp_path / "in", tmp_path / "here"
    folder.mkdir()
    here.mkdir()
    articles = [
        {
            "id": hostile,
            "source": hostile,
            "title": hostile,
            "author": hostile,
            "url": f"http://a.example/{hostile}",
            "language": "en",
            "field": {hostile: hostile},
            "content": f"{hostile} said three people were killed on Monday.\n“{hostile},” Ana Ruiz said.",
        }
        for hostile in (_SQL, _SHELL, _CELL, _SCREEN)
    ]
    (folder / "articles.jsonl").write_text("".join(json.dumps(article) + "\n" for article in articles))
    (folder / f"{_SHELL.replace('/', '')[:60]}.txt").write_text("")  # empty: its name is told
    (folder / "screen\x1b[2J\x9b2J.txt").write_text("")
    env = environment(database_url, WIREROOM_DATA=str(here / "data"))

    done = wireroom(env, "run", folder)

    assert done.returncode == 2, "two files are empty"
    assert "4 documents: 4 stored." in done.stderr
    assert (_unprintable(done.stdout), _unprintable(done.stderr)) == (set(), set())
    stated = {document["external_id"]: document for document in export(env, "documents")}
    assert stated.keys() == {_SQL, _SHELL, _CELL, _SCREEN.strip()}
    assert stated[_SQL]["source"] == _SQL
    for arguments in (
        ("export", "documents", "--format", "csv"),
        ("export", "claims", "--source", _SQL),
        ("status", "--json"),
        ("retry", _SQL),
    ):
        done = wireroom(env, *arguments)
        # An export is data: marks for lines and direction are part of a text there, not on a screen or in a log.
        data = {"\t", "\u2028", "\u202e"} if "export" in arguments else set()
        assert (_unprintable(done.stdout) - data, _unprintable(done.stderr)) == (set(), set()), arguments
        if "csv" in arguments:
            cells = [cell for row in csv.reader(io.StringIO(done.stdout, newline="")) for cell in row]
            assert "'" + _CELL in cells
            assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]
    assert not list(tmp_path.rglob("taken"))
    log = next(tmp_path.rglob("worker.log")).read_text(errors="surrogateescape")
    assert _unprintable(log) == set()
