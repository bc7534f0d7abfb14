"""Who may come in: tokens, hosts, forms of other sites; and nothing of a document that a browser would obey."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from schemas.documents import RawDocument
from schemas.errors import SettingError
from schemas.records import Extraction
from tests.workers.desk.serving import serving
from tests.workers.stored import accepted, claim, quote, stored
from workers.desk.access import Access
from workers.desk.gate import Rates
from workers.settings import Settings, settings
from workers.store.database import Database
from workers.store.settling import settle_all

_TOKEN = "a-token-of-the-newsroom"

_PAGES = ("/", "/search?q=x", "/feeds", "/failures", "/corrections", "/hooks")


def _access(**given: Any) -> Access:
    return Access.of_settings(Settings(**given))


def test_no_desk_is_open_to_others_without_a_token() -> None:
    with pytest.raises(SettingError, match="WIREROOM_DESK_TOKEN"):
        _access(WIREROOM_DESK_ADDRESS="0.0.0.0")
    with pytest.raises(SettingError, match="16"):
        _access(WIREROOM_DESK_TOKEN="short")
    assert _access(WIREROOM_DESK_ADDRESS="0.0.0.0", WIREROOM_DESK_TOKEN=_TOKEN).token == _TOKEN


def test_with_a_token_nothing_is_shown_without_it(
    tables: Database, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREROOM_DESK_TOKEN", _TOKEN)
    settings.cache_clear()
    with serving() as address, httpx.Client(base_url=address) as client:
        for path in ("/api/documents", "/api/stories/s", "/api/events", "/metrics", "/api/openapi.json"):
            assert client.get(path).status_code == 401
        for path in _PAGES:
            assert client.get(path).headers["location"] == "/login"
        assert client.get("/healthz").status_code == 200
        bearer = {"Authorization": f"Bearer {_TOKEN}"}
        assert client.get("/api/documents", headers=bearer).status_code == 200
        assert client.get("/api/documents", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.post("/api/documents", json={"content": "x"}, headers=bearer).status_code == 202
        own = {"Sec-Fetch-Site": "same-origin"}
        assert client.post("/login", data={"token": "wrong"}, headers=own).status_code == 403
        entered = client.post("/login", data={"token": _TOKEN}, headers=own)
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert _TOKEN not in cookie
        assert client.get("/").status_code == 200  # the client keeps the cookie
        session = cookie.split("=")[1].split(";")[0]
        forged = session[:-1] + ("1" if session.endswith("0") else "0")
        for value, status in ((session, 200), (forged, 303)):
            answer = httpx.get(f"{address}/", headers={"Cookie": f"wireroom_desk={value}"})
            assert answer.status_code == status


def test_a_session_begun_over_tls_is_never_sent_in_the_clear(
    tables: Database, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREROOM_DESK_TOKEN", _TOKEN)
    settings.cache_clear()
    with serving() as address, httpx.Client(base_url=address) as client:
        host = address.removeprefix("http://")
        for scheme, secure in (("https", True), ("http", False)):
            entered = client.post("/login", data={"token": _TOKEN}, headers={"Origin": f"{scheme}://{host}"})
            assert ("Secure" in entered.headers["set-cookie"]) == secure


def test_a_host_of_another_name_is_refused(client: httpx.Client) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", ""):
        assert client.get("/", headers={"Host": host}).status_code == 421
    assert client.get("/", headers={"Host": "localhost:8000"}).status_code == 200


def test_another_site_can_change_nothing(client: httpx.Client, dispute: list[str]) -> None:
    document = {"content": "From another site."}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}):
        assert client.post("/api/documents", json=document, headers=headers).status_code == 403
        assert client.post("/failures/retry", data={"document_id": dispute[3]}, headers=headers).status_code == 403
    own = {"Sec-Fetch-Site": "same-origin"}
    # Of our own origin, and yet no form that this browser was shown.
    assert client.post("/failures/retry", data={"document_id": dispute[3]}, headers=own).status_code == 403
    page = client.get("/failures").text
    proof = re.search(r'name="form" value="(\w+)"', page)
    assert proof
    sent = client.post("/failures/retry", data={"document_id": dispute[3], "form": proof[1]}, headers=own)
    assert sent.status_code == 303
    assert client.get(f"/api/documents/{dispute[3]}").json()["state"] == "received"


def test_nothing_changes_by_a_get(client: httpx.Client, dispute: list[str]) -> None:
    for path in ("/failures/retry", "/seen", "/hooks/remove", "/hooks/pause", "/hooks/resume", "/api/failures/retry"):
        assert client.get(path).status_code == 405


def test_no_page_runs_or_loads_anything_from_elsewhere(client: httpx.Client, dispute: list[str]) -> None:
    for path in (*_PAGES, "/stories/s", f"/documents/{dispute[0]}", "/nowhere"):
        answer = client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]*\bsrc=\"/static/)|<style|\sstyle=|\son\w+=", answer.text), path
        assert "https://cdn" not in answer.text


HOSTILE = (
    "<script>alert(1)</script> “Seven died,” said <img src=x onerror=alert(2)> the \u202emayor\u202c. "
    "\x1b[31m\x07 \u202d{{ 7*7 }} ]]> --> &amp; 12 died 🕊."
)


def test_what_a_document_says_is_shown_and_never_obeyed(client: httpx.Client, tables: Database) -> None:
    raw = RawDocument(
        content=HOSTILE,
        title='"><script>alert(3)</script>',
        source="<b>x</b>",
        url="javascript:alert(4)",
        author="\x1b[2J",
        published="2026-03-01T09:00:00Z",
    )
    (document_id,) = accepted(tables, raw)
    found = Extraction(
        quotes=[quote("Seven died,", HOSTILE, speaker_name="<i>mayor</i>")],
        claims=[claim("12", HOSTILE, 12, claimant_name="<script>alert(5)</script>")],
    )
    stored(tables, document_id, HOSTILE, found, story_id="h")
    settle_all(tables)
    for path in (f"/documents/{document_id}", "/stories/h", "/", "/search?q=died", "/search?q=%3Cscript%3E"):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript:' not in page
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e]", page)
        assert "49 ]]" not in page


def test_too_many_requests_are_answered_with_a_time_to_wait(
    tables: Database, broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREROOM_DESK_REQUESTS", "1")  # a minute, and ten at once
    settings.cache_clear()
    with serving() as address, httpx.Client(base_url=address) as client:
        answers = [client.get("/api/documents") for _ in range(30)]
        assert answers[0].status_code == 200
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.json() == {"error": "too many requests"}
        assert client.get("/healthz").status_code == 200


def test_an_address_that_asks_too_much_waits() -> None:
    rates = Rates(60)
    waits = [rates.wait("a") for _ in range(30)]
    assert waits[0] == 0.0
    assert waits[-1] > 0
    assert rates.wait("b") == 0.0
