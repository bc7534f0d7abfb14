"""Hooks over HTTP: the secret is said once, and only who knows the whole id removes one."""

from __future__ import annotations

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
