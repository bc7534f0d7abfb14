"""Waiting until documents are stored or failed, with a live display on a terminal and plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from schemas.stages import ENDED_STATES, Stage, State
from workers.store.census import by_state_of, waiting
from workers.store.database import database

# Often enough to look alive; and fifty times as long as the query took, so that counting a million costs a fiftieth.
_CHECK_SECONDS = 0.25
_CHECK_SHARE = 50
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
    last_line, told = time.monotonic(), False
    with display if console.is_terminal else nullcontext():
        while True:
            started = time.monotonic()
            with database().reading() as session:
                states = by_state_of(session, ids)
            took = time.monotonic() - started
            for stage, bar in bars.items():
                display.update(bar, completed=_past(states, stage), total=len(ids) - states[State.FAILED])
            ended = sum(states[state] for state in ENDED_STATES) >= len(ids)
            due = told if ended else time.monotonic() - last_line >= _LINE_SECONDS  # what was begun is told to the end
            if due and not console.is_terminal:
                last_line, told = time.monotonic(), True
                console.print(", ".join(f"{stage} {_past(states, stage)}/{len(ids)}" for stage in Stage))
            if ended:
                return states
            _pause(_CHECK_SHARE * took, meanwhile)


def _pause(seconds: float, meanwhile: Callable[[], None]) -> None:
    """Waits so long, but no longer than until no document at all is on its way, which costs little to ask."""
    until = time.monotonic() + seconds
    while True:
        meanwhile()
        time.sleep(_CHECK_SECONDS)
        if time.monotonic() >= until:
            return
        with database().reading() as session:
            if not any(waiting(session).values()):
                return


@contextmanager
def taking_in(console: Console, total: int | None) -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    """Shows how far the reading of files has come, while documents are accepted; gives what is to be told of bytes read
    and of documents ingested so far.

    Args:
        console: where the display goes: a bar with the time left on a terminal, a plain line now and then elsewhere.
        total: bytes of all files, or None where nobody knows.
    """
    display = Progress(
        TextColumn("ingesting"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TextColumn("{task.fields[documents]:,} documents"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    bar = display.add_task("", total=total, documents=0)
    last_line = time.monotonic()

    def on_bytes(count: int) -> None:
        display.advance(bar, count)

    def on_documents(count: int) -> None:
        nonlocal last_line
        display.update(bar, documents=count)
        if not console.is_terminal and time.monotonic() - last_line >= _LINE_SECONDS:
            last_line = time.monotonic()
            console.print(f"{count:,} documents ingested so far", markup=False)

    with display if console.is_terminal else nullcontext():
        yield on_bytes, on_documents


def _past(states: dict[State, int], stage: Stage) -> int:
    return sum(states[state] for state in _STATES_PAST[stage])
