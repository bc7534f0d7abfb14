"""The real desk on a real port, over tables that a test fills."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.workers.desk.serving import serving
from tests.workers.stored import disagreement
from workers.store.database import Database
from workers.store.settling import settle_all


@pytest.fixture
def served(tables: Database, broker: str) -> Iterator[str]:
    """The address of a desk over empty tables, with a broker."""
    with serving() as address:
        yield address


@pytest.fixture
def client(served: str) -> Iterator[httpx.Client]:
    """A program that asks it."""
    with httpx.Client(base_url=served, timeout=30) as asking:
        yield asking


@pytest.fixture
def dispute(tables: Database) -> list[str]:
    """Two reports that disagree in story "s", a copy of the first, and a document that failed; stored and settled."""
    ids = disagreement(tables)
    settle_all(tables)
    return ids
