"""Foreign messages: recorded as failures without a document, and held on Redis while the database is unreachable."""

from __future__ import annotations

import logging
from typing import Final

import redis
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError

from schemas.errors import MessageError
from workers.queue.broker import broker_client
from workers.store.database import database
from workers.store.stages import fail_message

logger = logging.getLogger(__name__)

# As much of a foreign message as is kept.
_KEPT_BYTES: Final = 4_000

# The list of those held, and its maximum length: some megabytes, however many arrive in the meantime.
_HELD: Final = "wireroom.foreign"
_MOST_HELD: Final = 1_000


class _Foreign(BaseModel):
    """A foreign message: its queue, its beginning, its size in bytes, and what is wrong with it."""

    queue: str
    message: str
    bytes: int
    wrong: str

    def write(self) -> None:
        """Keeps it as a failure."""
        error = MessageError(
            f"message on queue {self.queue}", f"not a Wireroom message: {self.wrong}", "see who else writes to it"
        )
        logger.error("%s", error)
        with database().writing() as session:
            fail_message(session, self.queue, error, {"message": self.message, "bytes": self.bytes})


def keep(queue: str, raw: bytes, wrong: str) -> None:
    """Keeps a message as a failure, or holds it for the sweeper to keep once the tables are back."""
    foreign = _Foreign(
        queue=queue, message=raw[:_KEPT_BYTES].decode(errors="backslashreplace"), bytes=len(raw), wrong=wrong
    )
    try:
        foreign.write()
    except DBAPIError:
        _hold(foreign)
    finally:
        # Processes forked from this one later must find no open connection.
        database().engine.dispose()


def keep_held() -> int:
    """Keeps the messages that are held; gives how many.

    Raises:
        sqlalchemy.exc.DBAPIError: the database is still unreachable; the messages stay held.
        redis.RedisError: the broker does not answer.
    """
    client, kept = broker_client(), 0
    while (held := client.rpop(_HELD)) is not None:
        try:
            _Foreign.model_validate_json(held).write()  # type: ignore[arg-type]
            kept += 1
        except ValidationError:
            logger.warning("the list %s contains an unknown item: %.200r", _HELD, held)
        except DBAPIError:
            client.rpush(_HELD, held)  # type: ignore[arg-type]
            raise
    return kept


def _hold(foreign: _Foreign) -> None:
    try:
        client = broker_client()
        client.lpush(_HELD, foreign.model_dump_json())
        client.ltrim(_HELD, -_MOST_HELD, -1)  # the earliest; the log has the others
    except redis.RedisError:
        logger.exception("the message could not be recorded and is lost: %s", foreign.message)
    else:
        logger.warning("the database is unreachable; the sweeper will record the message once it is back")
