"""`make bench`, or

    python -m benchmarks.whole [--output FOLDER] [--articles FOLDER] [--documents N] [--rounds N] [--processes N]
        [--parts mixed copies notices queue tables starts memory growth]

The whole program beside the plain way (`plain.py`) and the limit (`limit.py`), on mixed news and on a day of syndicated
copy; short notices with one, two and four processes; the queue alone beside a bare Celery chain (`bare.py`); what the
tables cost on either database; what starting costs; memory; dedupe with 1,000 and 10,000 documents stored. It writes
`report.md` and `report.svg` into a folder. The articles are the training corpus, our own writing, unless a folder of
others is named. All sides read the same articles in alternation, each in a fresh folder, and are counted with all that
they start. Some minutes on two idle cores.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the services do, before NumPy is loaded

from benchmarks.dedupe_scale import Measurement, databases
from benchmarks.whole import tables
from benchmarks.whole.articles import PAPERS, Article, corpus, notices, of_folder, syndicated, words, write
from benchmarks.whole.measuring import Cost, adopt_orphans, cost, python
from benchmarks.whole.report import Part, machine
from benchmarks.whole.report import write as write_report
from benchmarks.whole.services import environment, memory, starts

# What a side costs that has next to nothing to read is its start; the rest is of the articles.
_FEW = 2
_STORED = (1_000, 10_000)
_DECIDED = 200
_PROCESSES = (1, 2, 4)
# Notices without work for each article: a few milliseconds each, they are to weigh more than a start's chances.
_WITHOUT_WORK = 10

_COLUMNS = (
    *("", "CPU ms a document", "words a CPU second", "documents a second by the clock"),
    *("times the plain way", "start, CPU s"),
)

SIDES = {
    "plain": ("the plain way", "benchmarks.whole.run_chain", ("plain",)),
    "ours": ("Wireroom", "workers.cli", ("run",)),
    "limit": ("the limit", "benchmarks.whole.limit", ()),
    "bare": ("a Celery chain of three tasks that do nothing", "benchmarks.whole.run_chain", ("bare",)),
    "queue": ("Wireroom, its stages without work", "benchmarks.whole.run_queue", ()),
}


class Bench:
    """The measurements of one call, each side in folders of its own below one that is gone at the end."""

    def __init__(self, folder: Path, processes: int, rounds: int) -> None:
        self._folder, self._processes, self._rounds = folder, processes, rounds
        self._runs = 0
        self.about = f"{processes} processes a side, medians of {rounds} rounds in alternation"

    def sides(self, articles: Sequence[Article], names: Sequence[str]) -> dict[str, tuple[Cost, Cost]]:
        """For each side its start, and what the articles cost after it; medians over the rounds."""
        found: dict[str, list[tuple[Cost, Cost]]] = {name: [] for name in names}
        for number in range(self._rounds):
            for name in names:
                _say(f"round {number + 1}: {SIDES[name][0]}, {len(articles)} articles")
                start = self._run(name, articles[:_FEW])
                found[name].append((start, self._run(name, articles).less(start)))
        return {name: (_median([one for one, _ in costs]), _median([two for _, two in costs]))
                for name, costs in found.items()}  # fmt: skip

    def _run(self, name: str, articles: Sequence[Article]) -> Cost:
        _, module, arguments = SIDES[name]
        folder = self.fresh()
        file = write(articles, folder / "articles.jsonl")
        own = environment(folder / "data", self._processes)
        processes = () if name == "ours" else (self._processes,)
        return cost(python(module, *arguments, file, *processes), own, folder / "log")

    def of(self, processes: int) -> Bench:
        """The same with so many processes."""
        return Bench(self.fresh(), processes, self._rounds)

    def fresh(self) -> Path:
        """A new folder."""
        self._runs += 1
        folder = self._folder / str(self._runs)
        folder.mkdir()
        return folder

    def starts(self) -> dict[str, Cost]:
        """What starting costs; medians over the rounds."""
        rounds = []
        for _ in range(self._rounds):
            folder = self.fresh()
            rounds.append(starts(folder, environment(folder, self._processes)))
        return {name: _median([one[name] for one in rounds]) for name in rounds[0]}

    def memory(self, articles: Sequence[Article]) -> dict[str, float]:
        """Megabytes of services that have read the articles."""
        folder = self.fresh()
        return memory(folder, environment(folder, self._processes), write(articles, folder / "articles.jsonl"))


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(statistics.median(one.clock for one in costs), statistics.median(one.processor for one in costs))


def growth() -> list[Sequence[str | float]]:
    """A row for each number of documents stored: dedupe of one more, in milliseconds."""
    with databases(None, _STORED) as opened:
        found = [Measurement(database, size) for database, size in zip(opened, _STORED, strict=True)]
        for one in found:
            one.fill()
        for _ in range(_DECIDED):
            for one in found:
                one.step()
        return [
            [f"{one.size:,}", 1000 * statistics.median(one.seconds), 1000 * one.cpu / len(one.seconds)] for one in found
        ]


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


class Report:
    """What is measured, part by part, and written after each: who stops it has what was measured until then."""

    def __init__(self, folder: Path, documents: int, bench: Bench, every: Sequence[Article], source: str) -> None:
        self._folder, self._bench, self._source = folder, bench, source
        self._mixed = every[:documents]
        self._copies = syndicated(every[documents:] or every, len(self._mixed))
        self._about = f"`python -m benchmarks.whole {' '.join(sys.argv[1:])}`".replace(" `", "`") + f"\n\n{machine()}"
        self._parts: list[Part] = []
        self._bars: dict[str, float] = {}

    def add(self, name: str) -> Path:
        """Measures a part; gives the file of the report."""
        _say(name)
        self._parts.append(PARTS[name](self))
        return write_report(self._folder, self._about, self._parts, self._bars)

    def mixed(self) -> Part:
        costs = self._bench.sides(self._mixed, ["plain", "ours", "limit"])
        each = words(self._mixed) / len(self._mixed)
        about = (
            f"{len(self._mixed)} articles {self._source}, {each:.0f} words each; {self._bench.about}. Processor time "
            "is that of every process that a side starts, its broker included, less what it takes with two articles "
            "(its start). The limit is the three stages in a loop, without queue and tables."
        )
        return self._pipeline("Mixed news", about, costs, self._mixed)

    def copies(self) -> Part:
        costs = self._bench.sides(self._copies, ["plain", "ours"])
        about = (
            f"{len(self._copies)} documents: {len(self._copies) // PAPERS} reports, each in {PAPERS} papers with a "
            "line of their own, some cut at the end, in mixed order."
        )
        return self._pipeline("A day of syndicated copy", about, costs, self._copies)

    def notices(self) -> Part:
        found = list(islice(notices(), 2 * len(self._mixed)))
        rows: list[Sequence[str | float]] = []
        for processes in _PROCESSES:
            for name, (_, rest) in self._bench.of(processes).sides(found, ["ours", "limit"]).items():
                count = len(found) - _FEW
                rows.append([SIDES[name][0], f"{processes}", 1000 * rest.processor / count, count / rest.clock])
        about = (
            f"{len(found)} notices of {words(found) / len(found):.0f} words, by the number of processes; else as above."
        )
        return Part("Short notices", about, ["", "processes", "CPU ms a document", "documents a second"], rows)

    def queue(self) -> Part:
        found = list(islice(notices(), _WITHOUT_WORK * len(self._mixed)))
        rows: list[Sequence[str | float]] = []
        for name, (start, rest) in self._bench.sides(found, ["bare", "queue"]).items():
            count = len(found) - _FEW
            rows.append([SIDES[name][0], 1000 * rest.processor / count, count / rest.clock, start.processor])
        about = (
            f"{len(found)} notices of {words(found) / len(found):.0f} words; {self._bench.about}. The chain sends each "
            "text through Redis and keeps nothing; ours keeps the document, its attempts and states in SQLite."
        )
        columns = ["", "CPU ms a document", "documents a second by the clock", "start, CPU s"]
        return Part("The queue alone", about, columns, rows)

    def tables(self) -> Part:
        documents = tables.computed(self._mixed)
        with tables.databases() as opened:
            rows: list[Sequence[str | float]] = [[name, *tables.cost(each, documents)] for name, each in opened.items()]
        about = (
            f"{len(documents)} articles whose stages were computed before: accepted, each stage begun and ended in its "
            "transactions, counts settled, by one process; indexes and the search index are in the bytes."
        )
        return Part("Tables", about, tables.COLUMNS, rows)

    def starts(self) -> Part:
        rows = [(name, one.processor, one.clock) for name, one in self._bench.starts().items()]
        return Part("Starts", "From nothing, in fresh folders; medians.", ["", "CPU s", "clock s"], rows)

    def memory(self) -> Part:
        about = f"After {len(self._mixed)} articles; what processes share is divided among them (PSS)."
        return Part("Memory", about, ["", "MB"], list(self._bench.memory(self._mixed).items()))

    def growth(self) -> Part:
        about = (
            "Dedupe of one document more: fingerprint, look-up, decision, commit (`python -m benchmarks.dedupe_scale` "
            "has larger sizes)."
        )
        return Part("Growth", about, ["documents stored", "median ms", "CPU ms"], growth())

    def _pipeline(
        self, title: str, about: str, costs: Mapping[str, tuple[Cost, Cost]], articles: Sequence[Article]
    ) -> Part:
        base, count = costs["plain"][1].processor, len(articles) - _FEW
        rows: list[Sequence[str | float]] = []
        for name, (start, rest) in costs.items():
            side, read = SIDES[name][0], words(articles) * count / len(articles)
            each = 1000 * rest.processor / count
            speed = (each, read / rest.processor, count / rest.clock)
            rows.append([side, *speed, base / rest.processor, start.processor])
            self._bars[f"{side}, {title.split()[-1]}"] = each
        return Part(title, about, _COLUMNS, rows)


PARTS = {
    "mixed": Report.mixed,
    "copies": Report.copies,
    "notices": Report.notices,
    "queue": Report.queue,
    "tables": Report.tables,
    "starts": Report.starts,
    "memory": Report.memory,
    "growth": Report.growth,
}


def main() -> None:
    """Measures, and writes the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("bench"), help="folder of the report (default: bench)")
    parser.add_argument("--articles", type=Path, help="a folder of other articles, in any form that Wireroom reads")
    parser.add_argument("--documents", type=int, default=200, help="how many to read (default: 200)")
    parser.add_argument("--rounds", type=int, default=2, help="how often each side; the median counts (default: 2)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="of each side (default: the cores)")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure (default: all)")
    chosen = parser.parse_args()
    if find_spec("datasketch") is None:
        parser.error("the plain way needs datasketch, which `make bench` installs (benchmarks/whole/requirements.txt)")
    adopt_orphans()
    every = of_folder(chosen.articles) if chosen.articles else corpus()
    source = "of a folder" if chosen.articles else "of corpus/training, our own writing"
    chosen.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), chosen.processes, chosen.rounds)
        report = Report(chosen.output, chosen.documents, bench, every, source)
        for name in chosen.parts:
            print(report.add(name), flush=True)


if __name__ == "__main__":
    main()
