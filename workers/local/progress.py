"""Waiting until documents are stored or failed, with a live display on a terminal and plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from contextlib import nullcontext

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from schemas.stages import ENDED_STATES, Stage, State
from workers.store.census import by_state_of
from workers.store.database import database

# Often enough to look alive; and ten times as long as the query took, so that counting a million costs a tenth.
_CHECK_SECONDS = 0.25
_CHECK_SHARE = 10
_LINE_SECONDS = 5.0

_STATES_PAST = {
    Stage.CLEAN: (State.CLEANED, State.EXTRACTED, State.STORED),
    Stage.EXTRACT: (State.EXTRACTED, State.STORED),
    Stage.DEDUPE: (State.STORED,),
}


def follow(ids: Collection[str], console: Console, meanwhile: Callable[[], None]) -> dict[State, int]:
    """Waits until every given document is `stored` or `failed`; gives the count of each state.

    Args:
        console: where the display goes.
        meanwhile: called at every check; raises to give up (a service that died, a broker that is gone).
    """
    display = Progress(
        TextColumn("{task.description:>8}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
    bars: dict[Stage, TaskID] = {stage: display.add_task(stage.value, total=len(ids)) for stage in Stage}
    last_line = time.monotonic()
    with display if console.is_terminal else nullcontext():
        while True:
            started = time.monotonic()
            with database().reading() as session:
                states = by_state_of(session, ids)
            took = time.monotonic() - started
            for stage, bar in bars.items():
                display.update(bar, completed=_past(states, stage), total=len(ids) - states[State.FAILED])
            if sum(states[state] for state in ENDED_STATES) >= len(ids):
                return states
            if not console.is_terminal and time.monotonic() - last_line >= _LINE_SECONDS:
                last_line = time.monotonic()
                console.print(", ".join(f"{stage} {_past(states, stage)}/{len(ids)}" for stage in Stage))
            meanwhile()
            time.sleep(max(_CHECK_SECONDS, _CHECK_SHARE * took))


def _past(states: dict[State, int], stage: Stage) -> int:
    return sum(states[state] for state in _STATES_PAST[stage])
