"""One figure for a count, by each of the rules that recorders of casualties use; which of them to trust is theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal

from pipeline.dedupe.claimants import ClaimantName, same_speakers
from pipeline.dedupe.counts import StoryFigure, number_of
from schemas.records import ClaimantType

Rule = Literal["lowest", "majority", "latest", "priority"]

# Whose word goes before whose where sources differ: those who count bodies and patients, then those who investigate,
# then who answers for them, and who took part last (Every Casualty, Standards for Casualty Recording, 2016, on the
# independence of sources).
_PRIORITY: Final[tuple[ClaimantType | None, ...]] = (
    "health", "un", "ngo", "police", "government", "company", "witness", "other", "media", None, "belligerent",
)  # fmt: skip


def independent_sources(figures: Sequence[StoryFigure]) -> int:
    """How many primary claimants stand behind figures: fifty papers that print one police figure are one.

    What no claimant is named for counts once for each outlet, where nobody is named at all.
    """
    named = [ClaimantName.of(figure.claimant_name) for figure in figures if figure.claimant_name]
    if named:
        return len(set(same_speakers(named)))
    return len({figure.source or figure.document_id for figure in figures})


def best(figures: Sequence[StoryFigure]) -> dict[Rule, int | None]:
    """The figure that each rule takes of those that stand; None where none of them has a number.

    - `lowest`: the least that any source says (UCDP's low estimate is its cautious kin).
    - `majority`: the number that most independent sources give, the lower where two tie (GTD takes it where sources
      are equally sound).
    - `latest`: the number published last (ACLED revises to the most recent of the sources it trusts).
    - `priority`: that of the claimants nearest to the counting, the latest among equals.
    """
    standing = [figure for figure in figures if figure.updated_by is None and number_of(figure) is not None]
    rules: dict[Rule, Callable[[Sequence[StoryFigure]], int | None]] = {
        "lowest": lambda found: min(map(_known, found)),
        "majority": _majority,
        "latest": lambda found: _known(max(found, key=_recency)),
        "priority": lambda found: _known(min(found, key=lambda f: (_PRIORITY.index(_type(f)), -f.time.timestamp()))),
    }
    return {name: rule(standing) if standing else None for name, rule in rules.items()}


def _majority(figures: Sequence[StoryFigure]) -> int:
    by_number: dict[int, list[StoryFigure]] = {}
    for figure in figures:
        by_number.setdefault(_known(figure), []).append(figure)
    return min(by_number, key=lambda number: (-independent_sources(by_number[number]), number))


def _recency(figure: StoryFigure) -> tuple[float, int]:
    return figure.time.timestamp(), _known(figure)


def _type(figure: StoryFigure) -> ClaimantType | None:
    return (figure.claimant_type or "other") if figure.claimant_name else None


def _known(figure: StoryFigure) -> int:
    return number_of(figure) or 0
