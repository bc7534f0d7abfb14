"""Pushed documents: accepted once their rows are committed, within limits, and each wrong one named."""

from __future__ import annotations

import gzip
import json

import httpx
import pytest
from sqlalchemy import func, select

from schemas.tables import Document
from workers.queue.broker import broker_client
from workers.settings import settings
from workers.store.database import Database


def _count(tables: Database) -> int:
    with tables.reading() as session:
        return session.scalar(select(func.count()).select_from(Document)) or 0


def test_a_document_is_accepted_once_its_row_is_there(client: httpx.Client, tables: Database) -> None:
    answer = client.post("/api/documents", json={"content": "One text.", "id": "a-1"})
    assert answer.status_code == 202
    (accepted,) = answer.json()["accepted"]
    assert (accepted["external_id"], accepted["new"]) == ("a-1", True)
    found = client.get(f"/api/documents/{accepted['id']}").json()
    assert (found["state"], found["external_id"]) == ("received", "a-1")
    again = client.post("/api/documents", json={"content": "One text.", "id": "a-1"}).json()
    assert again["accepted"] == [accepted | {"new": False}]
    assert broker_client().llen("clean") == 1


def test_a_list_and_lines_name_what_is_wrong_and_take_the_rest(client: httpx.Client, tables: Database) -> None:
    listed = client.post("/api/documents", json=[{"content": "One."}, {"content": " "}, 7, {"content": "Two."}])
    assert listed.status_code == 202
    assert [error["index"] for error in listed.json()["errors"]] == [1, 2]
    lines = b'{"content": "Three."}\n\nno json\n{"content": "Four."}\n'
    answer = client.post("/api/documents", content=lines, headers={"Content-Type": "application/x-ndjson"})
    assert len(answer.json()["accepted"]) == 2
    assert "line 3" in answer.json()["errors"][0]["error"]
    assert _count(tables) == 4


def test_gzip_is_taken_and_its_bombs_are_not(
    client: httpx.Client, tables: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    packed = gzip.compress(json.dumps({"content": "Packed."}).encode())
    assert client.post("/api/documents", content=packed, headers=headers).status_code == 202
    bomb = gzip.compress(b" " * (settings().desk_push_mb * 2**20 + 1))
    assert len(bomb) < 100_000
    refused = client.post("/api/documents", content=bomb, headers=headers)
    assert refused.status_code == 413
    assert "MB" in refused.json()["error"]
    assert client.post("/api/documents", content=packed[:-4], headers=headers).status_code == 400
    assert client.post("/api/documents", content=b"plain", headers=headers).status_code == 400
    assert _count(tables) == 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"text"', "application/json", 400),
        (b'{"content": ""}', "application/json", 400),
        (b"\xff\xfe", "application/x-ndjson", 400),
        (b"content=x", "application/x-www-form-urlencoded", 415),
        (b"<rss/>", "application/xml", 415),
    ],
)
def test_what_is_no_document_is_refused_with_a_sentence(
    client: httpx.Client, body: bytes, kind: str, status: int
) -> None:
    answer = client.post("/api/documents", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.json()["error"] if status != 400 or "error" in answer.json() else answer.json()["errors"]


def test_long_queues_ask_for_patience(client: httpx.Client, tables: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    broker_client().rpush("extract", *["x"] * 3)
    monkeypatch.setenv("WIREROOM_QUEUE_LIMIT", "3")
    settings.cache_clear()
    answer = client.post("/api/documents", json={"content": "One."})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert _count(tables) == 0
