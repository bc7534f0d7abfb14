"""The table of the rounds: a line for each fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from rich.table import Table

from tests.faults.round import Result, Struck


def table(results: Sequence[Result]) -> Table:
    """Fault, times injected, documents on their way when it struck, lost, doubled, seconds to recover."""
    by_fault: dict[str, list[Struck]] = defaultdict(list)
    for result in results:
        for struck in result.struck:
            by_fault[struck.fault].append(struck)
    made = Table("fault", title="Faults")
    for heading in ("injected", "documents", "lost", "doubled", "recovery s, median", "max"):
        made.add_column(heading, justify="right")
    for fault in sorted(by_fault):
        made.add_row(fault, *_cells(by_fault[fault]))
    made.add_section()
    made.add_row("all", *_cells([struck for result in results for struck in result.struck]))
    return made


def _cells(struck: Sequence[Struck]) -> list[str]:
    sums = [sum(getattr(s, name) for s in struck) for name in ("waiting", "lost", "doubled")]
    seconds = [s.recovered for s in struck if s.recovered is not None]
    slowest = f"{max(seconds):.1f}" if len(seconds) == len(struck) and seconds else "not"
    return [str(len(struck)), *map(str, sums), f"{median(seconds):.1f}" if seconds else "-", slowest]
