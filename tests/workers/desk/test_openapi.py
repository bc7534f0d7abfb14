"""The API keeps its own description: asked with whatever the description allows, and does not allow (schemathesis)."""

from __future__ import annotations

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
