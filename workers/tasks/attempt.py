"""One attempt of a stage on one document: begun, carried out, ended by one guarded transaction; or its failure kept."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from datetime import timedelta

import redis
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from schemas.errors import TooLargeError
from schemas.messages import StageMessage
from schemas.stages import Stage
from workers.settings import settings
from workers.store import stages
from workers.store.database import database
from workers.store.ledger import PendingDecision
from workers.store.staged import StagedDocument, load

logger = logging.getLogger(__name__)

# What a stage's work gives: a function that writes its results in the transaction that ends the stage.
Write = Callable[[Session], None]
Work = Callable[[StagedDocument], Write]

# The stages' work (workers.tasks.stages).
works: dict[Stage, Work] = {}

# Attempts that this process could not take back yet; it does so before the next that it begins.
_owed: list[tuple[str, Stage]] = []


class Attempt:
    """An attempt of `stage` on the document of a message: `document` once it is begun, and once it has ended the
    `seconds` it took and the attempt of the `following` stage, where that was begun with its end.
    """

    def __init__(self, stage: Stage, message: StageMessage) -> None:
        self.stage, self.message = stage, message
        self.document: StagedDocument | None = None
        self.following: Attempt | None = None
        self.started = time.monotonic()
        self.seconds = 0.0

    def begin(self) -> stages.Begun:
        """Counts the attempt, and reads the document where it may go on."""
        document_id, stage = self.message.document_id, self.stage
        with database().writing() as session:
            for forgiven in _owed:
                stages.forgive(session, *forgiven)
            begun = stages.begin(session, document_id, stage, settings().max_attempts, _longest_attempt())
            document = load(session, document_id, stage) if begun is stages.Begun.GO else None
        _owed.clear()
        self.document = document
        return begun

    def carry_out(self, onward: Callable[[], bool]) -> bool:
        """Does the work and ends the stage; False where another attempt has done so.

        Where `onward` says so, the same transaction begins the attempt of the stage that follows.
        """
        assert self.document is not None, "it was begun"
        stage, document_id = self.stage, self.message.document_id
        write = works[stage](self.document)
        decide = write.decide if isinstance(write, PendingDecision) else None
        following = Attempt(stage.following, self.message) if stage.following and onward() else None
        with database().writing(decide=decide) as session:
            if not stages.move(session, document_id, stage, self.document.revision, begun=following is not None):
                logger.info("%s was already done by another attempt", stage)
                return False
            write(session)
            if following is not None:
                following.document = load(session, document_id, following.stage)
        self.following = following
        self.seconds = time.monotonic() - self.started
        logger.info("%s done in %.0f ms", stage, 1000 * self.seconds)
        return True

    def forgive(self) -> None:
        """A service that was unreachable is not the document's fault; while the database is, it is remembered."""
        if self.document is None:
            return
        try:
            with database().writing() as session:
                stages.forgive(session, self.message.document_id, self.stage)
        except DBAPIError:
            _owed.append((self.message.document_id, self.stage))

    def is_last(self) -> bool:
        """Whether the document has had all its attempts of the stage."""
        with database().reading() as session:
            return stages.exhausted(session, self.message.document_id, self.stage, settings().max_attempts)

    def fail(self, error: Exception) -> None:
        """Ends the document as failed, and keeps why."""
        trace = "".join(traceback.format_exception(error))
        revision = self.document.revision if self.document else None
        message = self.message
        with database().writing() as session:
            stages.fail(session, self.stage, error, trace, message.model_dump(), message.document_id, revision)

    def exhausted(self) -> TooLargeError:
        """The error of a document that has had all its attempts."""
        return TooLargeError(
            f"document {self.message.document_id}",
            f"{settings().max_attempts} attempts of {self.stage} timed out or crashed their process",
            "see the worker's log, then `wireroom retry`",
        )


def may_pass(error: Exception) -> bool:
    """Whether waiting can help: a service is unreachable or busy, and not a statement refused by the database."""
    if isinstance(error, DBAPIError):
        return isinstance(error, OperationalError) or error.connection_invalidated
    return isinstance(error, redis.RedisError)


def _longest_attempt() -> timedelta:
    """How long an attempt may last: the hard limit, and as much again for a machine that is suspended."""
    return timedelta(seconds=2 * settings().hard_stage_seconds)
