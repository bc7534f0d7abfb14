"""Kombu's Redis transport with a gate: what arrives on our queues is counted, and let through only if it is of the form
that our own messages have. What is not is kept as a failure, and Celery never sees it.

Celery and Kombu trust a message's envelope: one without a delivery tag ends the worker, one with an unknown task is
dropped with a log line, one with a list of callbacks has them sent. Whether the fields inside are those of a stage's
message is for the task to read (`schemas.messages`).
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from datetime import datetime
from typing import Any, Final, Literal

import redis
from kombu.transport import redis as kombu_redis
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workers.queue.foreign import keep
from workers.queue.queues import TASKS

# Bytes of a message; a valid one has some 2,000 (a document's id, source and title).
_LARGEST: Final = 65_536

# Messages consumed from each queue since this process started.
consumed: Counter[str] = Counter()


class _Part(BaseModel):
    model_config = ConfigDict(strict=True)


class _Headers(_Part):
    task: str
    id: str
    eta: datetime | None = Field(default=None, strict=False)
    expires: datetime | None = Field(default=None, strict=False)
    retries: int | None = None
    timelimit: tuple[float | None, float | None] | None = Field(default=None, strict=False)
    argsrepr: str | None = None
    kwargsrepr: str | None = None
    shadow: None = None
    compression: None = None


class _Delivery(_Part):
    exchange: str
    routing_key: str


class _Properties(_Part):
    delivery_tag: str
    delivery_info: _Delivery
    body_encoding: Literal["base64"]


class _Envelope(_Part):
    """What Celery's protocol 2 puts on Redis, as far as Celery and Kombu rely on it."""

    body: str
    content_type: Literal["application/json"] = Field(alias="content-type")
    content_encoding: Literal["utf-8"] = Field(alias="content-encoding")
    headers: _Headers
    properties: _Properties


class Channel(kombu_redis.Channel):
    """As Kombu's, with the gate where a message has just been read, and with one client for all that is sent and
    acknowledged: Kombu makes one for each command, which takes as long as the command.
    """

    _sending: redis.Redis | None = None

    def _create_client(self, asynchronous: bool = False) -> redis.Redis:
        if not asynchronous and self._sending is not None and self._sending.connection_pool is self.pool:
            return self._sending
        client: redis.Redis = super()._create_client(asynchronous)  # type: ignore[no-untyped-call]
        client.set_response_callback("BRPOP", _let_through)
        if not asynchronous:
            self._sending = client
        return client


class Transport(kombu_redis.Transport):
    """As Kombu's, with our channel."""

    Channel = Channel


def _let_through(answer: list[bytes] | None, **_: Any) -> tuple[bytes, bytes] | None:
    """What Redis answered to BRPOP, or None, as when nothing came, for a message that is not of our form."""
    if not answer:
        return None
    key, raw = answer
    queue = key.decode(errors="replace").partition(Channel.sep)[0]  # a priority may follow the name
    if queue in TASKS:
        consumed[queue] += 1
        if wrong := _wrong(queue, raw):
            keep(queue, raw, wrong)
            return None
    return key, raw


def _wrong(queue: str, raw: bytes) -> str | None:
    """What is wrong with a message, or None."""
    if len(raw) > _LARGEST:
        return f"it has {len(raw):,} bytes, of {_LARGEST:,} allowed"
    try:
        envelope = _Envelope.model_validate(json.loads(raw))
        body = json.loads(base64.b64decode(envelope.body, validate=True))
    except ValidationError as error:
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'message'}: {e['msg']}" for e in error.errors()[:3])
    except (ValueError, RecursionError) as error:
        return f"it is not valid JSON ({type(error).__name__})"
    if envelope.headers.task not in TASKS[queue]:
        return f"unknown task {envelope.headers.task[:80]!r}"
    match body:
        case [list(), dict(), dict(embedded)] if not any(embedded.values()):
            return None
        case [list(), dict(), dict()]:
            return "it asks for other tasks to be run"
    return "its body is not positional arguments, keyword arguments and embedded options"
