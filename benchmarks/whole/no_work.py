"""Loaded into a worker (`celery -A workers worker -I benchmarks.whole.no_work`): its stages find nothing and write
nothing, and all around them is done: attempts counted, states moved on, each in its guarded transaction.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from schemas.stages import Stage
from schemas.tables import CleanedBody
from workers.store.staged import StagedDocument
from workers.tasks import stages  # noqa: F401 (whose work is replaced)
from workers.tasks.attempt import Write, works


def _empty_body(document: StagedDocument) -> Write:
    """The body that the stages after `clean` read."""

    def write(session: Session) -> None:
        session.add(CleanedBody(number=document.number, title=None, text="", removed=[], notes=None))
        session.flush()

    return write


def _nothing(_: StagedDocument) -> Write:
    return lambda _: None


works.update({Stage.CLEAN: _empty_body, Stage.EXTRACT: _nothing, Stage.DEDUPE: _nothing})
