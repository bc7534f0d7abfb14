"""A measure is added as DEVELOPING.md says it, and by nothing else: in a copy of the packages, which another process
runs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from training.corpus import CORPUS

ROOT = CORPUS.parent

# What the page asks for: the name in `Measure`, a table of patterns, annotated stories.
KNOWN = '"other_people"\n'
TABLE = """
[quarantined]
harm = true
object = ["quarantine", "place in quarantine", "put in quarantine"]
state = ["quarantined", "in quarantine"]
noun = ["quarantining"]
"""
TOWNS = ("Velmora", "Ostrand", "Kelbora", "Tarnick", "Maresh", "Olvan", "Pelotta", "Brenmark")
SENTENCES = (
    ("{by} said {n} people had been quarantined after the fever reached the port.", "people"),
    ("{n} residents were placed in quarantine on Tuesday, {by} said.", "residents"),
    ("{by} said {n} passengers were in quarantine at a hotel near the harbour.", "passengers"),
    ("{by} said doctors had quarantined {n} people since Sunday.", "people"),
)
CLAIMANTS = ("The health ministry", "The regional governor", "The port authority")

# An event as the newly made models read it, three days apart.
READ = """
import json
from datetime import UTC, datetime, timedelta
from pipeline.dedupe import StoryClaim, find_counts
from pipeline.extract import extract
from pipeline.measures import importance, measures, said
from workers.store.search.query import parse

claims = []
for number, figure in enumerate((900, 300)):
    day = datetime(2026, 11, 2, tzinfo=UTC) + timedelta(days=3 * number)
    text = (
        f"The health ministry said {figure} people had been quarantined after a fever broke out in the port of Hallin. "
        "Schools in the town stay shut."
    )
    for place, claim in enumerate(extract(text, language="en", published=day).claims):
        claims.append(StoryClaim(claim, f"{number}.{place}", f"d{number}", None, "wire.example", day))
counts = [
    {
        "measure": count.measure,
        "disputed": count.disputed,
        "figures": [(figure.value, figure.claimant_name, figure.updated_by) for figure in count.figures],
    }
    for count in find_counts(claims)
]
parse("measure:quarantined>500")
print(json.dumps({"counts": counts, "said": said("quarantined"), "last": measures()[importance("quarantined")]}))
"""


def _write_story(folder: Path) -> None:
    """Two dozen annotated articles on quarantines, in the form of corpus/README.md."""
    folder.mkdir(parents=True)
    claims = []
    for number in range(24):
        form, group = SENTENCES[number % len(SENTENCES)]
        by, figure, name = CLAIMANTS[number % len(CLAIMANTS)], 40 + 37 * number, f"{number:02}"
        sentence = form.format(n=figure, by=by)
        town = TOWNS[number % len(TOWNS)]
        (folder / f"{name}.txt").write_text(
            f"source: wire.example\npublished: 2026-03-{number + 1:02}T08:00:00Z\ntitle: Fever closes {town}'s port\n\n"
            f"{sentence} Two ferries to {town} were cancelled.\n"
        )
        claims.append(
            {"doc": name, "figure": str(figure), "sentence": sentence, "value": figure, "low": figure, "high": figure}
            | {"qualifier": "exact", "measure": "quarantined", "group": group, "claimant": by, "claimant_name": by}
            | {"relay": None, "status": "stated", "scope": "event"}
        )
    (folder / "claims.jsonl").write_text("".join(json.dumps(claim) + "\n" for claim in claims))
    (folder / "disputes.json").write_text(json.dumps({"event": "A fever closes ports.", "disputes": []}))


def _python(folder: Path, *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a copy of the program in which *quarantined* was added makes of 900 people, and of 300 three days later."""
    copy = tmp_path_factory.mktemp("copy")
    for package in ("schemas", "pipeline", "training", "workers"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(CORPUS / "training" / "bravo", copy / "corpus" / "training" / "bravo")
    passages = Path("corpus", "passages", "training")
    (copy / passages).mkdir(parents=True)
    for kept in (passages / "slate.jsonl", Path("corpus", "judged.jsonl")):
        shutil.copy(ROOT / kept, copy / kept)
    records, patterns = copy / "schemas" / "records.py", copy / "pipeline" / "extract" / "claims" / "patterns.toml"
    assert records.read_text().count(KNOWN) == 1
    records.write_text(records.read_text().replace(KNOWN, '"other_people", "quarantined"\n'))
    patterns.write_text(patterns.read_text() + TABLE)
    _write_story(copy / "corpus" / "training" / "writer" / "fever")
    _python(copy, "-m", "training")
    found: dict[str, Any] = json.loads(_python(copy, "-c", READ))
    return found


def test_adding_quarantined_by_the_developers_page_alone_gives_an_update_and_no_dispute(read: dict[str, Any]) -> None:
    (count,) = read["counts"]
    assert (count["measure"], count["disputed"]) == ("quarantined", False)
    (first, by, updated_by), (last, *of_last) = count["figures"]
    assert (first, last, updated_by is not None, of_last[1]) == (900, 300, True, None)
    assert by.lower().endswith("health ministry")
    assert of_last[0] == by


def test_pages_lists_and_searches_know_an_added_measure(read: dict[str, Any]) -> None:
    assert (read["said"], read["last"]) == ("quarantined", "quarantined")
