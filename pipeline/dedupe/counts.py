"""The claims of a story, and the counts that they are set side by side in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from schemas.records import Bounds, Claim, ClaimantType, Measure, Scope, Status


@dataclass(frozen=True, slots=True)
class StoryClaim:
    """A claim with what its document is.

    Attributes:
        claim: the claim as extracted.
        id: its id, as the export gives it.
        document_id: the document that holds it.
        copy_of: the earliest document of that document's copies, or None: what copies say is said once.
        source: the outlet, or None.
        time: when the document was published, or else received.
        dated: whether that is a time of publication. What was only received can follow nothing.
        contradicts: the ids of the claims of the same text that it cannot be true with; None where nobody has judged.
    """

    claim: Claim
    id: str
    document_id: str
    copy_of: str | None
    source: str | None
    time: datetime
    dated: bool = True
    contradicts: frozenset[str] | None = None

    @property
    def bounds(self) -> Bounds:
        """Lowest and highest number that the claim allows; None where it sets none."""
        return self.claim.low, self.claim.high

    @property
    def text(self) -> str:
        """The document whose words these are: its own, or the one it is a copy of."""
        return self.copy_of or self.document_id


@dataclass(frozen=True, slots=True)
class StoryFigure:
    """One figure of a count: its bounds, and who claims it where.

    `claimant_name` is None where the outlet itself asserts it. `updated_by` is the id of the claim by which the same
    claimant later replaced it: such a figure is shown, and disputes nothing. `disagrees_with` are the ids of the claims
    that cannot be true if this one is. `dated` is false where the document does not say when it was published: `time`
    is that of its arrival then, and updates nothing.
    """

    low: int | None
    high: int | None
    value: int | None
    claimant_name: str | None
    claimant_type: ClaimantType | None
    source: str | None
    relay: str | None
    group: str | None
    status: Status | None
    scope: Scope | None
    document_id: str
    claim_id: str
    time: datetime
    updated_by: str | None = None
    disagrees_with: tuple[str, ...] = ()
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """What claims count: the measure, the group in the words most often used, the figures by time.

    `figures` count the same whole and are stated. `context` are figures of the same measure in the story that cannot be
    set against them: parts, other events, denied and possible figures. Each stands beside one count, that of its group
    or else the one of which most is said, and what copies repeat is told once.
    """

    measure: Measure
    group: str | None
    figures: tuple[StoryFigure, ...]
    context: tuple[StoryFigure, ...] = ()

    @property
    def disputed(self) -> bool:
        """Whether two figures that stand cannot both be true."""
        return any(figure.disagrees_with for figure in self.figures)

    @property
    def updated(self) -> bool:
        """Whether a claimant replaced a figure."""
        return any(figure.updated_by for figure in self.figures)


def number_of(told: Claim | StoryFigure) -> int | None:
    """The number that is said: the value, or else the bound nearest to it; None where there is neither."""
    return next((number for number in (told.value, told.low, told.high) if number is not None), None)
