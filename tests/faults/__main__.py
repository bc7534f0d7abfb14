"""The fault suite: the real program on real servers, broken at random moments, compared with a run without faults.

`python -m tests.faults --seed 7 --faults 500 --database both`
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random, SystemRandom

from rich.console import Console

from tests.faults.comparison import Records
from tests.faults.documents import portions
from tests.faults.round import FAULTS_A_PORTION, Result, faultless, run_round
from tests.faults.table import table

# Faults of one round: as many as take a few minutes, so that a failing round can be read and run again by itself.
_FAULTS_A_ROUND = 24

# Documents handed in at a time: enough to be at work for some seconds on two cores.
_PORTION = 32

# Harmed documents of a round that are printed, and characters of what is wrong with each.
_SHOWN, _REASON_SHOWN = 5, 160


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the rounds; 0 where nothing was lost or doubled and all recovered in time, else 1."""
    options = _options(arguments)
    seed = options.seed if options.seed is not None else SystemRandom().randrange(10**6)
    databases = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    rounds = max(len(databases), -(-options.faults // _FAULTS_A_ROUND))
    portion_count = -(-options.faults // FAULTS_A_PORTION)
    each = [portion_count // rounds + (n < portion_count % rounds) for n in range(rounds)]  # portions
    console = Console(width=110)
    console.print(f"seed {seed}: {options.faults} faults in {rounds} rounds", highlight=False)
    folder = Path(tempfile.mkdtemp(prefix="wireroom-faults-", dir=options.folder))
    folder.chmod(0o755)  # PostgreSQL runs as a user of its own
    handed_in = portions(seed, max(each), _PORTION)
    expected: dict[int, Records] = {}
    results: list[Result] = []
    try:
        for n, count in enumerate(each):
            kind = databases[n % len(databases)]
            if count not in expected:
                console.print(f"{count * _PORTION} documents without faults", highlight=False)
                expected[count] = faultless(folder / f"without-faults-{count}", "sqlite", handed_in[:count])
            console.print(f"round {n + 1}, {kind}", highlight=False)
            result = run_round(
                folder / f"round-{n + 1}",
                kind,
                handed_in[:count],
                expected[count],
                Random(f"{seed} round {n + 1}"),
                options.only,
                tell=lambda line: console.print(line, highlight=False),
            )
            results.append(result)
            console.print(f"  {_said(result)}", highlight=False)
    except KeyboardInterrupt:
        console.print("interrupted; the table is of the rounds before")
    console.print(table(results))
    if all(result.well for result in results):
        shutil.rmtree(folder, ignore_errors=True)
        return 0
    replay = f"--seed {seed} --faults {options.faults} --database {options.database}"
    replay += "".join(f" --only '{name}'" for name in options.only or ())
    console.print(f"FAILED; replay: python -m tests.faults {replay}", soft_wrap=True, highlight=False)
    for result in results:
        if not result.well:
            console.print(f"logs and tables are in {result.folder}", soft_wrap=True, highlight=False)
    return 1


def _said(result: Result) -> str:
    ending = "NOT ALL ENDED" if result.ending is None else f"all ended {result.ending:.1f} s after the last fault"
    lines = [
        f"{result.documents} documents: {ending}, {len(result.harm.lost)} lost, {len(result.harm.doubled)} doubled"
    ]
    for word, harmed in (("lost", result.harm.lost), ("doubled", result.harm.doubled)):
        for document_id, reasons in list(harmed.items())[:_SHOWN]:
            lines.append(f"{word} {document_id}: {_shortened(reasons[0])}")
    return "\n    ".join(lines)


def _shortened(reason: str) -> str:
    return reason if len(reason) <= _REASON_SHOWN else reason[:_REASON_SHOWN] + "…"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, help="replays the choices and moments of a run; else one is drawn")
    parser.add_argument("--faults", type=int, default=500, help="how many to inject (500)")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both", help="(both)")
    parser.add_argument("--only", action="append", metavar="FAULT", help="these faults only, as the table names them")
    parser.add_argument("--folder", type=Path, help="where logs are written (the system's temporary folder)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # all is stopped and unmounted then too
    sys.exit(main())
