"""The description of the API that programs read (OpenAPI 3.1), in `openapi.json` beside this file."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.data_files import read_text


@cache
def _description() -> bytes:
    text = read_text(__package__, "openapi.json")
    return text.replace('"0.0.0"', f'"{version("wireroom")}"', 1).encode()


def openapi(request: Request) -> Response:
    """The description, with the version of this program."""
    return Response(_description(), media_type="application/json")


routes = [Route("/api/openapi.json", openapi, methods=["GET"])]
