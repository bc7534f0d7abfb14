"""The pictures of README and docs, taken of the program as it is: `wireroom run seeds` and the desk after it.

    python docs/pictures.py [CHROMIUM]

Writes `run.svg`, and with the path of a Chromium `desk-wall.png`, `desk-story.png` and `desk-document.png`, beside this
file. The report is shortened to one story; all else is shown as it comes.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

from workers.cli.report_tables import print_report

_DOCS = Path(__file__).parent
_SEEDS = _DOCS.parent / "seeds"

# Of the three stories of the seeds the one that is shown, by a word of its title.
_SHOWN = "ferry"

# Columns of the terminal, which the tables use and a page still shows readably; a port that is likely free.
_COLUMNS = 140
_PORT = "18018"

# Pixels of each page that are shown from its top: enough to see what it is.
_WIDTH = 1280
_HEIGHTS = {"wall": 1000, "story": 1208, "document": 900}

_TIMES = ("published", "first_published", "last_published")

Report = Mapping[str, Sequence[Mapping[str, Any]]]


def shortened(report: Report) -> dict[str, Sequence[Mapping[str, Any]]]:
    """The report with all stories, and the documents, claims and disputes of one."""
    (story,) = (story["id"] for story in report["stories"] if _SHOWN in story["title"].lower())
    rows = {name: [row for row in report[name] if row["story_id"] == story] for name in ("documents", "claims")}
    disputes = [row for row in report["disputes"] if row["story_id"] == story]
    bare = [dict(row) | {"disputes": [dict(each) | {"context": []} for each in row["disputes"]], "updates": []}
            for row in report["stories"]]  # fmt: skip
    return rows | {"stories": bare, "disputes": disputes, "failures": []}


def draw_run(report: Report) -> None:
    """The report as a terminal shows it."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True)
    print_report(shortened(report), console)
    console.save_svg(str(_DOCS / "run.svg"), title="$ wireroom run seeds", theme=SVG_EXPORT_THEME)


def photograph_desk(folder: Path, chromium: str) -> None:
    """The desk over what was run in the folder."""
    address = f"http://127.0.0.1:{_PORT}"
    desk = subprocess.Popen(["wireroom", "desk"], cwd=folder, env=os.environ | {"WIREROOM_DESK_PORT": _PORT})
    try:
        for _ in range(100):
            try:
                stories = json.load(urllib.request.urlopen(f"{address}/api/stories?after=0"))["rows"]
                break
            except OSError:
                time.sleep(0.2)
        (story,) = (story for story in stories if _SHOWN in story["title"].lower())
        pages = {"wall": "/", "story": f"/stories/{story['id']}", "document": f"/documents/{story['document_ids'][0]}"}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
            )
            view = browser.new_page(viewport={"width": _WIDTH, "height": max(_HEIGHTS.values())})
            for name, path in pages.items():
                view.goto(address + path, wait_until="load")
                view.screenshot(
                    path=_DOCS / f"desk-{name}.png", clip={"x": 0, "y": 0, "width": _WIDTH, "height": _HEIGHTS[name]}
                )
            browser.close()
    finally:
        desk.terminate()
        desk.wait()


def _with_times(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it was before it was JSON."""
    return row | {name: datetime.fromisoformat(row[name]) for name in _TIMES if row.get(name)}


def main() -> None:
    """Runs the seeds in a folder of its own and takes the pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ran = subprocess.run(["wireroom", "run", "--json", _SEEDS], cwd=folder, capture_output=True, check=True)
        report = json.loads(ran.stdout, object_hook=_with_times)
        draw_run(report)
        if len(sys.argv) > 1:
            photograph_desk(folder, sys.argv[1])


if __name__ == "__main__":
    main()
