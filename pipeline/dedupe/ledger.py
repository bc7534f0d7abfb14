"""What dedupe asks of the tables: the port that a store implements, and the records that cross it.

One document is deduped in one serialised transaction: `Ledger` sees every document recorded before it and no half of
another. `fingerprint` runs before that transaction and touches no ledger; `decide` only reads; `Ledger.record` writes
what was decided. A document makes at most nine calls: `carriers`, `documents`, `texts`, `copies`, for some copies
`documents` and `texts` again, `members`, where stories are merged or parted `texts` once more, and `record`.

Documents go by their `number`, a small integer that the store gives each of them, for 32 hexadecimal digits in every
row would be most of the index. All orders of time use `RecordedDocument.time`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def publication(published: datetime | None, *, naive: bool) -> datetime | None:
    """When a document counts as published; `naive` tells that its time came without a zone.

    A date without a time, as many pages state it, is the end of its day: what was published at some hour of that day is
    then the earlier, and no agency's report a copy of the paper that printed it.
    """
    if published is None or not naive or published.time() != time():
        return published
    return published + timedelta(days=1, microseconds=-1)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """All that is looked up and stored of a document, computed from its text and title alone.

    Attributes:
        looked_up: keys to look up in the index, no key twice, at most some hundreds; each a signed 32-bit integer.
        indexed: the few of `looked_up` to index the document under, most telling first.
        profile: its telling words as keys with weights, packed; at most 388 bytes that only `pipeline.dedupe` reads.
        spelled: the words behind the profile's keys, to name what documents share; not stored.
        shingles: the distinct hashes of its runs of five words, sorted; not stored.
    """

    looked_up: tuple[int, ...]
    indexed: tuple[int, ...]
    profile: bytes
    spelled: Mapping[int, str]
    shingles: NDArray[np.uint64] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The document to be deduped: its number and id, its cleaned text, when it was published (see `publication`) and
    received.

    `revision` is how often it has arrived: an edited document arrives anew, and may found another story.
    """

    number: int
    id: str
    text: str
    received: datetime
    published: datetime | None = None
    source: str | None = None
    title: str | None = None
    language: str | None = None
    revision: int = 1


@dataclass(frozen=True, slots=True)
class RecordedDocument:
    """A document already recorded, and where it stands.

    Attributes:
        number: the store's number of it.
        id: its public id, which breaks ties between equal times.
        received: when it arrived.
        published: when it was published (see `publication`), or None.
        source: the outlet, or None.
        copy_of: number of the earliest document of its copies; None where it is that document or has no copies.
        story: id of its story; every recorded document has one.
        profile: `Fingerprint.profile` as it was recorded.
    """

    number: int
    id: str
    received: datetime
    published: datetime | None
    source: str | None
    copy_of: int | None
    story: str
    profile: bytes

    @property
    def time(self) -> datetime:
        """When it was published, or else received."""
        return self.published or self.received

    def apart(self, other: RecordedDocument) -> timedelta:
        """From publication to publication; where either has no such date, from arrival to arrival."""
        if self.published and other.published:
            return abs(self.published - other.published)
        return abs(self.received - other.received)


class Posting(NamedTuple):
    """One row of the index: this key, carried by this document."""

    key: int
    number: int


@dataclass(frozen=True, slots=True)
class CopyChange:
    """A new value of a document's `copy_of`, and why.

    Attributes:
        number: the document that changes.
        copy_of: the earliest document of its copies, or None where it now is that document or stands alone.
        score: containment of the shorter of the two texts in the longer, 0 to 1, boilerplate put aside.
        compared: the document it was compared with, its nearest among the copies, which need not be `copy_of`.
            Both are None where nothing new was measured: then what is stored of them stands, unless `copy_of` is None.
    """

    number: int
    copy_of: int | None
    score: float | None = None
    compared: int | None = None


@dataclass(frozen=True, slots=True)
class StoryChange:
    """A new value of a document's story, and why.

    Attributes:
        number: the document that changes.
        story: id of the story it belongs to from now on; a store that does not know the id adds the story.
        score: its likeness to the nearest other document of the story, 0 to 1; None where it stands alone.
        compared: that nearest document, or None.
        shared: the words and names both have, most telling first, in small letters.
    """

    number: int
    story: str
    score: float | None = None
    compared: int | None = None
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryMerge:
    """Two stories proved to be one: every document of `absorbed` is in `into` from now on.

    `Decision.stories` names those of its documents that were loaded; the store moves the rest, for a story can be
    larger than what is compared.
    """

    absorbed: str
    into: str
    score: float


@dataclass(frozen=True, slots=True)
class StoryParting:
    """A story that had grown too wide: some of its documents are a story of their own from now on.

    Attributes:
        parted: id of the new story; `Decision.stories` names its documents.
        rest: the story that they leave.
        score: the mean likeness of the two parts, below what makes them one.
    """

    parted: str
    rest: str
    score: float


@dataclass(frozen=True, slots=True)
class FurtherStory:
    """A story that a round-up reports beside its own: `number` is the round-up, `score` how much of the report it
    carries, 0 to 1, and `compared` that report.
    """

    number: int
    story: str
    score: float
    compared: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What `decide` gives, to be recorded in the same transaction.

    Attributes:
        number: the document it is about.
        indexed: the keys to add to the index for it.
        profile: to be stored with it.
        copies: changes of `copy_of`, the arriving document's own always among them.
        stories: changes of story, the arriving document's own always among them.
        merges: stories that became one.
        further: stories that round-ups report beside their own, to be added to those recorded.
        partings: stories of which a part became one of its own.
        profiles: by number, new profiles of other documents, to be stored in place of theirs: part of their text has
            turned out to be boilerplate.
        moved: where groups of copies larger than what is loaded have a new earliest document: the old one's number and
            the new one's. The store gives every document whose `copy_of` is the old one the new one; `copies` names
            those that were loaded.
        outdated: rows to be deleted from the index.
    """

    number: int
    indexed: tuple[int, ...]
    profile: bytes
    copies: Sequence[CopyChange] = field(default_factory=tuple)
    stories: Sequence[StoryChange] = field(default_factory=tuple)
    merges: Sequence[StoryMerge] = field(default_factory=tuple)
    partings: Sequence[StoryParting] = field(default_factory=tuple)
    further: Sequence[FurtherStory] = field(default_factory=tuple)
    profiles: Mapping[int, bytes] = field(default_factory=dict)
    moved: Mapping[int, int] = field(default_factory=dict)
    outdated: Sequence[Posting] = field(default_factory=tuple)


class Ledger(Protocol):
    """The recorded documents within the time window, as one transaction sees them.

    A store keeps three things for it: an index of rows (key, number), unique, looked up by key; a row for each
    document with its profile, `copy_of` and story; and the texts. Rows of documents received longer ago than the
    window may be deleted from the index, whenever it suits the store; the documents themselves stay.
    """

    def carriers(self, keys: Sequence[int]) -> Sequence[Posting]:
        """Every index row whose key is among `keys`, in any order.

        `Decision.outdated` keeps a key to the latest `Limits.carriers` documents, so no key ever gives more rows.
        """
        ...

    def documents(self, numbers: Collection[int]) -> Sequence[RecordedDocument]:
        """These documents, in any order; an unknown number is passed over. Looked up by number."""
        ...

    def copies(self, heads: Collection[int], limit: int) -> Sequence[RecordedDocument]:
        """The documents that are one of `heads` or whose `copy_of` is, earliest received first, at most `limit`.

        Looked up by number, and by an index on `copy_of`.
        """
        ...

    def members(self, stories: Collection[str], limit: int) -> Sequence[RecordedDocument]:
        """The documents of these stories, latest received first, at most `limit` for each story.

        Looked up by an index on the story.
        """
        ...

    def texts(self, numbers: Collection[int]) -> Mapping[int, str]:
        """The cleaned texts of these documents by number; an unknown number is passed over."""
        ...

    def record(self, decision: Decision) -> None:
        """Writes the decision: index rows, profiles, changes of `copy_of` and story, merges, partings, further stories.

        Done twice it leaves the same rows.
        """
        ...
