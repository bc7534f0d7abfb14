"""A server that misbehaves, and a feed on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.workers.feeds.polled import Polling
from tests.workers.fetching.misbehaving import Server, serving
from workers.store.database import Database


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback allowed, no pause between requests, two seconds for a fetch."""
    for name, value in {"NETWORKS": "127.0.0.0/8", "HOST_SECONDS": "0", "SECONDS": "2"}.items():
        monkeypatch.setenv(f"WIREROOM_FETCH_{name}", value)


@pytest.fixture
def polling(tables: Database, broker: str, server: Server) -> Polling:
    return Polling(tables, server)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute for a fetch, where none is to run out of time: a busy machine can take seconds over one."""
    monkeypatch.setenv("WIREROOM_FETCH_SECONDS", "30")
