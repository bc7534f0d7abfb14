"""The API keeps its own description: asked with whatever the description allows, and does not allow (schemathesis)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from workers.desk.app import desk

# A stream that does not end has no answer to check.
_ENDLESS = "/api/events"


def test_every_operation_answers_as_described(served: str, dispute: list[str]) -> None:
    described = schemathesis.openapi.from_url(f"{served}/api/openapi.json")
    operations: list[Any] = [each.ok() for each in described.get_all_operations()]  # type: ignore[union-attr]
    assert len(operations) > 15
    asked = 0

    for operation in operations:
        if operation.path == _ENDLESS:
            continue

        @settings(
            max_examples=12,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            answer = case.call(base_url=served)
            case.validate_response(
                answer,
                checks=[
                    not_a_server_error,
                    status_code_conformance,
                    content_type_conformance,
                    response_schema_conformance,
                ],
            )

        ask()
    assert asked > 100


def test_every_route_of_the_api_is_described(client: httpx.Client) -> None:
    described = client.get("/api/openapi.json").json()["paths"]
    routes = {
        (getattr(route, "path", ""), method)
        for route in desk().routes
        for method in getattr(route, "methods", None) or ()
        if getattr(route, "path", "").startswith(("/api/", "/metrics", "/healthz")) and method != "HEAD"
    }
    told = {(path, method.upper()) for path, operations in described.items() for method in operations}
    assert told == routes - {("/api/openapi.json", "GET")}


@pytest.mark.parametrize(
    "query", ["unknown=1", "after=-1", "after=x", "limit=0", "limit=501", "since=then", "after=1&after=2"]
)
def test_a_wrong_parameter_is_named(client: httpx.Client, query: str) -> None:
    answer = client.get(f"/api/claims?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["error"]


@pytest.mark.parametrize("character", ["\0", "\ud800"])
def test_a_character_that_no_table_can_hold_is_no_defect(
    client: httpx.Client, dispute: list[str], character: str
) -> None:
    def post(path: str, value: Any) -> httpx.Response:
        # As an escape: neither character can stand in JSON itself.
        return client.post(path, content=json.dumps(value), headers={"Content-Type": "application/json"})

    sent = post("/api/failures/retry", {"document_ids": [f"a{character}", dispute[3]]})
    assert (sent.status_code, sent.json()) == (202, {"sent": [dispute[3]]})
    hook = {"url": "https://a.example/hook", "query": f"flood {character}", "description": f"ours{character}"}
    assert post("/api/hooks", hook).status_code == 201
    decided = {"record": "claim", "action": "reject", "record_id": f"x{character}"}
    assert post("/api/corrections", decided | {"reason": f"r{character}", "author": "Ann"}).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/api/documents/a%00", "/api/stories/a%00", "/documents/a%00", "/stories/a%00", "/stories/a%00/news",
     "/static/a%00", "/a%00"],
)  # fmt: skip
def test_no_address_has_such_a_character(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.delete("/api/hooks/a%00").status_code == 404
