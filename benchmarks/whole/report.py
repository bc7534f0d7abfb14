"""The report: Markdown, and an SVG of the bars."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.metadata import version
from pathlib import Path

import psutil

_PACKAGES = ("celery", "redis", "sqlalchemy", "spacy", "numpy", "trafilatura", "datasketch")


@dataclass
class Part:
    """One table: what was measured, with the columns' names and the rows."""

    title: str
    about: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | float]]

    def markdown(self) -> str:
        """The part as Markdown."""
        lines = [[*self.columns], ["---", *["---:"] * (len(self.columns) - 1)], *self.rows]
        table = "\n".join("| " + " | ".join(_shown(cell) for cell in line) + " |" for line in lines)
        return f"## {self.title}\n\n{self.about}\n\n{table}\n"


def _shown(cell: str | float) -> str:
    return cell if isinstance(cell, str) else f"{cell:,.0f}" if cell >= 100 else f"{cell:.2f}"


def machine() -> str:
    """Processor, memory, system, versions, and how busy the machine is, in one paragraph."""
    named = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    processor = named[0].split(": ")[1] if named else platform.processor()
    memory, load = psutil.virtual_memory().total / 2**30, psutil.getloadavg()[0]
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{processor}, {psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; {versions}. Load when it began: {load:.1f} (more than the number of "
        "cores: the clock tells of other programs too, processor seconds less so)."
    )


def write(folder: Path, about: str, parts: Sequence[Part], bars: Mapping[str, float]) -> Path:
    """Writes `report.md` and `report.svg`; gives the former."""
    page = ["# Wireroom, measured\n", f"{about}\n"]
    if bars:
        (folder / "report.svg").write_text(_picture(bars), encoding="utf-8")
        page.append("![Processor milliseconds a document](report.svg)\n")
    file = folder / "report.md"
    file.write_text("\n".join([*page, *(part.markdown() for part in parts)]), encoding="utf-8")
    return file


def _picture(bars: Mapping[str, float]) -> str:
    most, height = max(bars.values()), 30 * len(bars) + 50
    drawn = "".join(
        f'<text x="230" y="{54 + 30 * row}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="240" y="{38 + 30 * row}" width="{360 * value / most:.0f}" height="22" fill="#4a6b8a"/>'
        f'<text x="{248 + 360 * value / most:.0f}" y="{54 + 30 * row}">{value:.0f}</text>'
        for row, (name, value) in enumerate(bars.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="680" height="{height}" font-family="sans-serif" '
        f'font-size="13"><rect width="680" height="{height}" fill="white"/>'
        f'<text x="20" y="22">Processor milliseconds a document</text>{drawn}</svg>\n'
    )
