"""Accepting documents: rows first, durably; only then their messages, and no faster than the workers keep up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from schemas.documents import RawDocument
from schemas.errors import InputError, Notice
from schemas.stages import Stage
from workers.queue.sending import send, wait_for_room
from workers.store.database import database
from workers.store.intake import accept

# A batch is one commit that waits for the disk: large enough to spread that wait, small enough to show progress.
_BATCH = 200
_BATCH_CHARACTERS = 8_000_000

_REASONS = 100


@dataclass(frozen=True, slots=True)
class Accepted:
    """A document that is kept from now on, whatever happens.

    Attributes:
        id: by which exports and `wireroom show` know it.
        external_id: the sender's own id, where it gave one.
        new: false where it was there already, and nothing was done.
    """

    id: str
    external_id: str | None
    new: bool


@dataclass
class Intake:
    """What became of an input: how many documents, how many of them new, each of them where that was asked for; how
    much could not be read and why, and what else there is to say (the first hundred reasons and notices: a file of the
    wrong kind can give one for each of a million lines).
    """

    documents: int = 0
    new: int = 0
    accepted: list[Accepted] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    unread: int = 0
    errors: list[InputError] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def add_error(self, error: InputError) -> None:
        """Counts what could not be read, and keeps a notice."""
        if isinstance(error, Notice):
            self.notices = [*self.notices, error][:_REASONS]
            return
        self.unread += 1
        if len(self.errors) < _REASONS:
            self.errors.append(error)

    def add(self, batch: list[Accepted], keep: Keep) -> None:
        """Counts a batch, each document once."""
        self.new += sum(each.new for each in batch)
        if keep is Keep.NOTHING:
            self.documents += len({each.id for each in batch})
            return
        self.ids.update(each.id for each in batch)
        self.documents = len(self.ids)
        if keep is Keep.ACCEPTED:
            self.accepted += batch


class Keep(Enum):
    """What is held in memory of the accepted documents: of many millions nothing should be."""

    NOTHING = "nothing"
    IDS = "ids"
    ACCEPTED = "accepted"


def accept_all(
    documents: Iterable[RawDocument | InputError | None],
    meanwhile: Callable[[], None] = lambda: None,
    keep: Keep = Keep.IDS,
) -> Iterator[Intake]:
    """Accepts documents and puts them on the clean queue; gives the same growing account after each batch.

    Args:
        documents: what a reader gives; None where there is nothing more for now, so that no document waits for others.
        meanwhile: called again and again while the queues are too long for more.
        keep: what the account holds of each document.

    Raises:
        sqlalchemy.exc.OperationalError: the database cannot be reached; all batches before are accepted.
    """
    intake = Intake()
    for batch in batches(_read(documents, intake)):
        intake.add(accept_and_send(batch, meanwhile), keep)
        yield intake
    yield intake


def accept_and_send(
    batch: Sequence[RawDocument], meanwhile: Callable[[], None] = lambda: None, *, wait: bool = True
) -> list[Accepted]:
    """Commits the rows of a batch and sends its new documents to their first stage, once there is room if `wait`; gives
    what became of each.
    """
    with database().writing(durable=True) as session:
        done = accept(session, batch)
    if wait:
        wait_for_room(meanwhile)
    send((Stage.CLEAN, message) for message in done.new)
    new = {message.document_id for message in done.new}
    accepted: list[Accepted] = []
    for document_id, given in zip(done.ids, batch, strict=True):
        accepted.append(Accepted(document_id, given.external_id, document_id in new))
        new.discard(document_id)  # the same again in one batch is known then
    return accepted


def batches(documents: Iterable[RawDocument | None]) -> Iterator[list[RawDocument]]:
    """The documents in pieces, each of which is worth a commit, and what there is at each None."""
    batch: list[RawDocument] = []
    characters = 0
    for document in documents:
        if document is not None:
            batch.append(document)
            characters += len(document.content)
        if batch and (document is None or len(batch) >= _BATCH or characters >= _BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _read(documents: Iterable[RawDocument | InputError | None], intake: Intake) -> Iterator[RawDocument | None]:
    for document in documents:
        if isinstance(document, InputError):
            intake.add_error(document)
        else:
            yield document
