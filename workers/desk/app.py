"""The desk put together: routes, the gate before them, errors as sentences, and the feed of events behind them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio.to_thread
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from schemas.errors import CorrectionError, HookError, QueryError, WireroomError
from workers.desk.access import Access
from workers.desk.answers import as_json
from workers.desk.api import corrections as api_corrections
from workers.desk.api import events, hooks, metrics, openapi, push, rows
from workers.desk.event_stream import EventStream
from workers.desk.gate import Gate
from workers.desk.pages import routes as page_routes
from workers.desk.pages.rendering import page
from workers.desk.static_files import KeptFiles, folder
from workers.settings import settings

logger = logging.getLogger(__name__)

# Requests that read or write the tables at the same time: PostgreSQL gets as many connections, and no more.
_AT_ONCE = 8

# The body of an answer from which packing pays.
_PACKED_FROM = 1_000


def desk() -> Starlette:
    """The application.

    Raises:
        SettingError: it would be open to others without a token.
    """
    access = Access.of_settings(settings())
    made = Starlette(
        routes=[
            *metrics.routes,
            *openapi.routes,
            Route("/api/documents", push.push, methods=["POST"]),
            *rows.routes,
            *events.routes,
            *api_corrections.routes,
            *hooks.routes,
            *page_routes,
            Mount("/static", KeptFiles(directory=folder())),
        ],
        middleware=[
            Middleware(Gate, access=access, requests_a_minute=settings().desk_requests),
            Middleware(GZipMiddleware, minimum_size=_PACKED_FROM),
        ],
        exception_handlers={
            HTTPException: _http_error,
            WireroomError: _our_error,
            DBAPIError: _database_error,
            Exception: _defect,
        },
        lifespan=_lifespan,
    )
    made.state.access = access
    made.state.feed = EventStream()
    return made


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = _AT_ONCE
    feed = asyncio.create_task(app.state.feed.run())
    try:
        yield
    finally:
        feed.cancel()
        with suppress(asyncio.CancelledError):
            await feed


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _error(request, error.status_code, error.detail, dict(error.headers or {}))


async def _our_error(request: Request, error: Exception) -> Response:
    status = 400 if isinstance(error, QueryError | HookError) else 404 if isinstance(error, CorrectionError) else 500
    if status == 500:
        logger.error("%s", error)
    return _error(request, status, str(error))


async def _database_error(request: Request, error: Exception) -> Response:
    if isinstance(error, OperationalError):
        logger.error("the database does not answer: %s", type(error.orig).__name__)
        return _error(request, 503, "the database does not answer; try again", {"Retry-After": "5"})
    return await _defect(request, error)


async def _defect(request: Request, error: Exception) -> Response:
    logger.error("internal error while answering %s %s", request.method, request.url.path, exc_info=error)
    return _error(request, 500, "internal error; see the log of the desk")


def _error(request: Request, status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    if request.url.path.startswith(("/api/", "/metrics", "/healthz")):
        return as_json({"error": why}, status, headers)
    return page(request, "error.html", {"status": status, "why": why}, status)
