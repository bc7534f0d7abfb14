"""A round: documents handed in by portions, a fault after each, then a wait for the end and the comparison."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy.exc import DBAPIError

from schemas.stages import ENDED_STATES
from tests.faults.comparison import Harm, Records, compare, read_records
from tests.faults.documents import Raw, write
from tests.faults.faults import possible
from tests.faults.site import Site, site
from tests.faults.witness import Move, last_number, moves
from workers.store.census import by_state, stories_unsettled

# Seconds within which documents must move again after a fault has ended, and within which all must have ended after the
# last: several times what the sweeper needs (the stale seconds and two sweeps) and a worker's start, on a busy machine.
RECOVERY_SECONDS = 60.0
ENDING_SECONDS = 180.0

# A fault strikes so many seconds after a portion was handed in: while the producer starts, while it publishes (it takes
# a second or two to start), and while its documents are at work.
_STRIKE_SECONDS = (0.3, 3.5)

# Faults between two portions: starting a producer costs more than the work of its documents.
FAULTS_A_PORTION = 2

_LOOK_SECONDS = 0.1


@dataclass
class Struck:
    """One fault that was injected. `after` is the last move that the witness had seen; `recovered` are the seconds from
    its end until documents moved again, None where they did not; `waiting` documents were on their way.
    """

    fault: str
    after: int
    waiting: int = 0
    recovered: float | None = None
    lost: int = 0
    doubled: int = 0


@dataclass
class Result:
    """What a round gave; `ending` are the seconds until all had ended after the last fault, None where they did not."""

    database: str
    folder: Path
    documents: int
    struck: list[Struck] = field(default_factory=list)
    ending: float | None = None
    harm: Harm = field(default_factory=Harm)

    @property
    def well(self) -> bool:
        """Whether nothing was lost or doubled and everything recovered in time."""
        recovered = all(struck.recovered is not None for struck in self.struck)
        return not self.harm and self.ending is not None and recovered


def faultless(folder: Path, kind: str, portions: list[list[Raw]], patience: float = 1.0) -> Records:
    """The records of the same documents in a run without faults; `patience` as that of `run_round`."""
    folder.mkdir(parents=True)
    with site(folder, kind) as ours:
        for n, portion in enumerate(portions):
            ours.producer.add(write(portion, folder / f"portion-{n}.jsonl"))
        total = sum(map(len, portions))
        if _until(lambda: _all_ended(ours, total), patience * (ENDING_SECONDS + total)) is None:
            raise RuntimeError(f"the run without faults did not end; see {folder}")
        return read_records(ours.database)


def run_round(
    folder: Path,
    kind: str,
    portions: list[list[Raw]],
    expected: Records,
    random: Random,
    names: Collection[str] | None = None,
    tell: Callable[[str], None] = lambda line: None,
    patience: float = 1.0,
    **settings: str,
) -> Result:
    """Some faults a portion, each at a random moment, then the end of all documents and the comparison.

    Args:
        kind: `sqlite` or `postgresql`.
        expected: what `faultless` gave for the same portions.
        names: the kinds of faults to inject; else all that are possible here.
        patience: how many times the seconds to recover and to end are allowed, on a machine that does other work too.
        settings: of the services, in place of those of the suite.
    """
    folder.mkdir(parents=True)
    result = Result(kind, folder, sum(map(len, portions)))
    with site(folder, kind, **settings) as ours:
        faults = possible(ours)
        deck: list[str] = []  # every kind comes once before one comes again
        for n in range(FAULTS_A_PORTION * len(portions)):
            if not deck:
                deck = random.sample(sorted(names or faults), len(names or faults))
            if n % FAULTS_A_PORTION == 0:
                portion = portions[n // FAULTS_A_PORTION]
                ours.producer.add(write(portion, folder / f"portion-{n // FAULTS_A_PORTION}.jsonl"))
            time.sleep(random.uniform(*_STRIKE_SECONDS))
            struck = Struck(deck.pop(), after=_last(ours) or 0, waiting=_waiting(ours))
            result.struck.append(struck)
            faults[struck.fault](ours, random)
            struck.recovered = _recovery_time(ours, patience)
            tell(_line(n, struck))
        result.ending = _until(lambda: _all_ended(ours, result.documents), patience * ENDING_SECONDS)
        seen = moves(ours.database)
        result.harm = compare(expected, read_records(ours.database), seen)
        if not result.well and ours.server is None:  # its disk goes with the site
            shutil.copytree(ours.database_disk, folder / "tables")
    _blame(result, seen)
    return result


def _until(condition: Callable[[], bool], seconds: float) -> float | None:
    """The seconds until the condition held, None where it did not; a database that is away holds none."""
    started = time.monotonic()
    while (passed := time.monotonic() - started) < seconds:
        with suppress(DBAPIError):
            if condition():
                return passed
        time.sleep(_LOOK_SECONDS)
    return None


def _last(ours: Site) -> int | None:
    try:
        return last_number(ours.database)
    except DBAPIError:
        return None


def _recovery_time(ours: Site, patience: float) -> float | None:
    """The seconds until a document moves, or none is left that could; None where that takes too long.

    What moved before the database first answered is not counted: it may have moved before the fault.
    """
    seen: list[int] = []

    def moves_on() -> bool:
        seen.append(last_number(ours.database))
        return seen[-1] > seen[0] or (ours.producer.done and not _count_waiting(ours))

    return _until(moves_on, patience * RECOVERY_SECONDS)


def _count_waiting(ours: Site) -> int:
    with ours.database.reading() as session:
        states = by_state(session)
    return sum(count for state, count in states.items() if state not in ENDED_STATES)


def _waiting(ours: Site) -> int:
    try:
        return _count_waiting(ours)
    except DBAPIError:
        return 0


def _all_ended(ours: Site, total: int) -> bool:
    """Whether all documents have ended and no story's counts are behind: a settling that a fault lost would stay so."""
    if not ours.producer.done:
        return False
    with ours.database.reading() as session:
        states, unsettled = by_state(session), stories_unsettled(session)
    return sum(states[state] for state in ENDED_STATES) >= total and not unsettled


def _blame(result: Result, seen: list[Move]) -> None:
    """Counts each harmed document at the fault that struck last before its last move (lost) or its second (doubled)."""
    for harmed, name in ((result.harm.lost, "lost"), (result.harm.doubled, "doubled")):
        for document_id in harmed:
            last = max((move.number for move in seen if move.document_id == document_id), default=0)
            before = [s for s in result.struck if s.after <= last] if name == "doubled" else []
            after = [s for s in result.struck if s.after >= last]
            blamed = before[-1] if before else after[0] if after else result.struck[-1] if result.struck else None
            if blamed is not None:
                setattr(blamed, name, getattr(blamed, name) + 1)


def _line(n: int, struck: Struck) -> str:
    recovered = "not recovered" if struck.recovered is None else f"moving again after {struck.recovered:.1f} s"
    return f"  {n + 1}. {struck.fault}: {struck.waiting} documents on their way, {recovered}"
