"""`/metrics`: what is measured, and what is left out where a service does not answer."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from tests.conftest import UseBroker
from workers.store.database import Database

_DOCS = Path(__file__).parents[3] / "docs"
# As PromQL names them and the documentation does.
_METRIC = re.compile(r"\bwireroom_\w+")

_on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def _measured(client: httpx.Client) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def test_documents_and_queues_are_measured(client: httpx.Client, dispute: list[str]) -> None:
    measured = _measured(client)
    assert (measured["wireroom_database_up"], measured["wireroom_broker_up"]) == (1, 1)
    assert measured['wireroom_documents{state="stored"}'] == 3
    assert measured['wireroom_failures{error_type="NoTextError",stage="clean"}'] == 1
    assert measured['wireroom_queue_messages{queue="clean"}'] == 0


def _named(file: str) -> set[str]:
    return set(_METRIC.findall((_DOCS / file).read_text(encoding="utf-8")))


@_on_sqlite
def test_dashboard_alerts_and_documentation_name_what_is_measured(client: httpx.Client, dispute: list[str]) -> None:
    answered = client.get("/metrics").text
    samples = {name.partition("{")[0] for name in _measured(client)}
    families = set(re.findall(r"^# TYPE (\w+)", answered, re.MULTILINE))
    for file in ("monitoring/grafana.json", "monitoring/alerts.yml"):
        assert _named(file), file
        assert _named(file) - samples == set(), file
    assert _named("operations.md") == families


@_on_sqlite
def test_a_broker_that_does_not_answer_is_told_and_the_rest_measured(
    client: httpx.Client, dispute: list[str], use_broker: UseBroker
) -> None:
    use_broker("redis://127.0.0.1:1/0")
    measured = _measured(client)
    assert (measured["wireroom_database_up"], measured["wireroom_broker_up"]) == (1, 0)
    assert not any(name.startswith("wireroom_queue") for name in measured)


@_on_sqlite
def test_a_database_that_does_not_answer_is_told_and_the_rest_measured(client: httpx.Client, tables: Database) -> None:
    with tables.engine.begin() as connection:
        connection.execute(text("DROP TABLE failures"))
    measured = _measured(client)
    assert (measured["wireroom_database_up"], measured["wireroom_broker_up"]) == (0, 1)
    assert not any(name.startswith("wireroom_documents") for name in measured)
