"""Answers: values as JSON, and errors as JSON or as a page, each with a sentence that says what is wrong."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from starlette.responses import Response


def as_json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer; times in ISO 8601."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return Response(body.encode("utf-8", "replace"), status, headers, "application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
