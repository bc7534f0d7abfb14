"""Taking documents in: rows first, durably; only then their messages, and no faster than the workers keep up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from schemas.documents import RawDocument
from schemas.errors import InputError
from schemas.stages import Stage
from workers.queue.sending import send, wait_for_room
from workers.store.database import database
from workers.store.intake import AcceptedBatch, accept

# A batch is one commit that waits for the disk: large enough to spread that wait, small enough to show progress.
_BATCH = 200
_BATCH_CHARACTERS = 8_000_000

_REASONS = 100


@dataclass
class Taken:
    """What became of an input: its documents' ids, how many were new, how much could not be read and why (the first
    hundred reasons: a file of the wrong kind can give one for each of a million lines).
    """

    ids: set[str] = field(default_factory=set)
    new: int = 0
    unread: int = 0
    errors: list[InputError] = field(default_factory=list)

    def add_error(self, error: InputError) -> None:
        """Counts what could not be read."""
        self.unread += 1
        if len(self.errors) < _REASONS:
            self.errors.append(error)


def take_in(
    documents: Iterable[RawDocument | InputError], meanwhile: Callable[[], None] = lambda: None
) -> Iterator[Taken]:
    """Accepts documents and puts them on the clean queue; gives the same growing account after each batch.

    Args:
        documents: what a reader gives.
        meanwhile: called again and again while the queues are too long for more.

    Raises:
        sqlalchemy.exc.OperationalError: the database cannot be reached; all batches before are accepted.
    """
    taken = Taken()
    for batch in batches(_read(documents, taken)):
        accepted = accept_and_send(batch, meanwhile)
        taken.ids.update(accepted.ids)
        taken.new += len(accepted.new)
        yield taken
    yield taken


def accept_and_send(
    batch: Sequence[RawDocument], meanwhile: Callable[[], None] = lambda: None, *, wait: bool = True
) -> AcceptedBatch:
    """Commits the rows of a batch and sends its new documents to their first stage, once there is room if `wait`."""
    with database().writing(durable=True) as session:
        accepted = accept(session, batch)
    if wait:
        wait_for_room(meanwhile)
    send((Stage.CLEAN, message) for message in accepted.new)
    return accepted


def batches(documents: Iterable[RawDocument]) -> Iterator[list[RawDocument]]:
    """The documents in pieces, each of which is worth a commit."""
    batch: list[RawDocument] = []
    characters = 0
    for document in documents:
        batch.append(document)
        characters += len(document.content)
        if len(batch) >= _BATCH or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _read(documents: Iterable[RawDocument | InputError], taken: Taken) -> Iterator[RawDocument]:
    for document in documents:
        if isinstance(document, InputError):
            taken.add_error(document)
        else:
            yield document
