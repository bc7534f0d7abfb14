"""Corrections by every door: API, the desk's form, the command line; of a claim that has all that one can have."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.workers.cli.conftest import Wireroom, wireroom
from workers.store.database import Database
from workers.store.settling import settle_all

__all__ = ["wireroom"]

_SAID = {"reason": "misheard", "author": "Ann"}


def _claim(client: httpx.Client, claim_id: str) -> dict[str, Any]:
    document = client.get(f"/api/documents/{claim_id.partition(':')[0]}").json()
    return next(each for each in document["claims"] if each["id"] == claim_id)


def _amend_by_api(client: httpx.Client, wireroom: Wireroom, claim_id: str) -> None:
    given = {"record": "claim", "record_id": claim_id, "action": "amend", "after": {"low": 13, "high": 13}}
    answer = client.post("/api/corrections", json=given | _SAID)
    assert answer.status_code == 201
    assert answer.json()["before"]["event_date"] == "2026-02-28"


def _amend_by_form(client: httpx.Client, wireroom: Wireroom, claim_id: str) -> None:
    page = client.get(f"/documents/{claim_id.partition(':')[0]}").text
    field, proof = re.search(r'name="(\w+)" value="([^"]+)"><input type="hidden" name="record"', page).groups()  # type: ignore[union-attr]
    fields = {"record": "claim", "record_id": claim_id, "action": "amend", "value": "13", "was_value": "30"}
    assert client.post("/corrections", data={field: proof} | fields | _SAID).status_code == 303


def _amend_by_command(client: httpx.Client, wireroom: Wireroom, claim_id: str) -> None:
    ended = wireroom("correct", "claim", claim_id, "amend", "low=13", "high=13", "--reason", "misheard", "--json")
    assert ended.code == 0, ended.messages


@pytest.mark.parametrize("amend", [_amend_by_api, _amend_by_form, _amend_by_command])
def test_an_amended_claim_keeps_all_else_that_the_machine_found(
    client: httpx.Client, tables: Database, wireroom: Wireroom, dispute: list[str], amend: Any
) -> None:
    claim_id = f"{dispute[2]}:0"
    before = _claim(client, claim_id)
    amend(client, wireroom, claim_id)
    after = _claim(client, claim_id)
    settle_all(tables)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"value", "low", "high", "review_status", "correction_id"}
    assert (after["value"], after["event_date"]) == (13, "2026-02-28")
    for door in (("show", dispute[2]), ("show", dispute[2], "--json"), ("export", "corrections"), ("export", "claims")):
        ended = wireroom(*door)
        assert (ended.code, "13" in ended.output) == (0, True), ended.messages
    disputes = client.get("/api/disputes").json()["rows"]
    assert {row["claim_id"]: row["review_status"] for row in disputes}[claim_id] == "amended"
    counts = client.get(f"/api/stories/{after['story_id']}").json()["counts"]
    assert [f["claim_id"] for count in counts for f in count["figures"] if f["reviewed"]] == [claim_id]
    story = client.get(f"/stories/{after['story_id']}").text
    assert re.search(r'class="figure"[^>]*>13</a> <span class="mark">corrected</span>', story)
    assert "reviewed" in client.get("/").text
    assert "misheard" in client.get("/corrections").text
    assert client.get("/api/corrections").json()["rows"][0]["after"]["low"] == 13
