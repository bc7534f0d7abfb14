"""The static files, and the version that their addresses carry, so that browsers may keep them."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_KEPT = "public, max-age=31536000, immutable"


def folder() -> Path:
    """Where they are."""
    return Path(str(files("workers.desk"))) / "static"


class KeptFiles(StaticFiles):
    """Files that a browser asks for once where their address names their version."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file; one whose address names no version is asked for again."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _KEPT if scope.get("query_string") else "no-cache"
        return response


@cache
def version() -> str:
    """A digest of them all."""
    digest = hashlib.blake2b(digest_size=6)
    for file in sorted(folder().rglob("*")):
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()
