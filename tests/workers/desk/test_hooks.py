"""Hooks over HTTP: the secret is said once, and only who knows the whole id removes one."""

from __future__ import annotations

import re

import httpx


def test_a_hook_is_listed_without_its_secret_and_removed_by_its_whole_id(client: httpx.Client) -> None:
    made = client.post("/api/hooks", json={"url": "https://ann:pass@a.example/in", "events": ["dispute.opened"]}).json()
    assert made["secret"].startswith("whsec_")
    for shown in (client.get("/api/hooks").text, client.get("/hooks").text):
        assert made["id"] in shown
        assert made["secret"].removeprefix("whsec_") not in shown
        assert "pass" not in shown
    assert client.delete(f"/api/hooks/{made['id'][:8]}").status_code == 404
    assert client.delete(f"/api/hooks/{made['id']}").status_code == 204
    assert client.get("/api/hooks").json() == {"rows": []}


def test_a_hook_is_paused_and_resumed_by_its_button(client: httpx.Client) -> None:
    made = client.post("/api/hooks", json={"url": "https://a.example/in"}).json()
    own = {"Sec-Fetch-Site": "same-origin"}
    for change, state in (("pause", "paused"), ("resume", "active")):
        page = client.get("/hooks").text
        proof = re.search(r'name="form" value="(\w+)"', page)
        assert proof
        assert f'action="/hooks/{change}"' in page
        sent = client.post(f"/hooks/{change}", data={"id": made["id"], "form": proof[1]}, headers=own)
        assert (sent.status_code, sent.headers["location"]) == (303, "/hooks")
        assert client.get("/api/hooks").json()["rows"][0]["state"] == state
    assert proof
    assert client.post("/hooks/pause", data={"id": "nobody's", "form": proof[1]}, headers=own).status_code == 404
