"""What is measured on: articles of our own writing (the training corpus), or of a folder; copies of them; and short
notices without end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from random import Random

from workers.producers import read

Article = dict[str, str]

_CORPUS = Path(__file__).parents[2] / "corpus" / "training"
# Of the notices: events that are news at a time, and the chance that one is of a new event.
_RUNNING, _NEWS = 50, 0.25
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_CAUSES = ("a factory fire", "a ferry accident", "a landslide", "a mine collapse", "an air raid", "a bus crash")
_OFFICES = ("Mayor", "Governor", "Police chief", "Colonel", "Minister", "Captain")
_THINGS = ("harbour", "market", "school", "grain store", "bridge", "station", "quarry", "mill", "reservoir", "depot")
_FIRST = ("Ines", "Marko", "Leila", "Tomas", "Amara", "Viktor", "Nadia", "Paulo", "Greta", "Samir", "Helen", "Oskar")
# Papers that print each report on a day of syndicated copy.
PAPERS = 10


def corpus() -> list[Article]:
    """The articles of `corpus/training` in an order of their own, so that reports on one event stand apart."""
    found = []
    for file in sorted(_CORPUS.glob("*/*/*.txt")):
        head, _, text = file.read_text(encoding="utf-8").partition("\n\n")
        fields = dict(line.split(": ", 1) for line in head.splitlines())
        found.append({**fields, "id": "/".join(file.relative_to(_CORPUS).parts), "content": text})
    Random("articles").shuffle(found)
    return found


def of_folder(folder: Path) -> list[Article]:
    """The articles of files and folders of somebody's own, in any form that Wireroom reads."""
    found = []
    for number, raw in enumerate(read([folder], 2**24)):
        if content := getattr(raw, "content", None):
            fields = {name: getattr(raw, name) for name in ("source", "title", "content_type")}
            told = {name: str(value) for name, value in fields.items() if value is not None}
            found.append({**told, "id": str(number), "content": content})
    return found


def syndicated(reports: Iterable[Article], count: int) -> list[Article]:
    """Each report in ten papers: its text with a line of the paper's own, some cut at the end, in mixed order."""
    random = Random("papers")
    printed = []
    for report in islice(reports, count // PAPERS):
        paragraphs = report["content"].strip().split("\n")
        for paper in range(PAPERS):
            kept = paragraphs[: -1 if paper % 3 == 2 and len(paragraphs) > 3 else None]
            own = f"Printed in edition {random.randint(2, 99)} of the Morning Paper No. {paper}."
            content = "\n".join([*kept, own])
            printed.append({**report, "id": f"{report['id']} {paper}", "source": f"paper-{paper}", "content": content})
    random.shuffle(printed)
    return printed


def notices() -> Iterator[Article]:
    """Short notices of agencies without end, some 45 words each: a day of events, each reported by some four of them
    within two hundred notices, under names of its own.
    """
    random = Random("notices")
    running: list[tuple[str, str, str, str]] = []
    for number in count():
        if len(running) < _RUNNING or random.random() < _NEWS:
            event = (_name(random), random.choice(_CAUSES), _name(random), f"{random.choice(_FIRST)} {_name(random)}")
            running = [*running[1 - _RUNNING :], event]
        place, cause, district, official = random.choice(running)
        sentences = [
            f"{random.choice(_OFFICES)} {official} said {random.randint(2, 60)} people were killed in {cause}.",
            f"“We are searching the {random.choice(_THINGS)} of {district} house by house,” {official} told reporters.",
            f"At least {random.randint(2, 300)} residents of {place} were injured, a hospital in {district} said.",
            f"The road from {place} to {district} stays closed until the {random.choice(_THINGS)} has been cleared.",
        ]
        content = " ".join([f"{place.upper()} -", *random.sample(sentences, 3)])
        title = f"{place}: {cause.split(' ', 1)[1]} near {district}"
        yield {"id": f"notice-{number}", "source": f"agency-{number % 7}", "title": title, "content": content}


def _name(random: Random) -> str:
    return "".join(random.choice(_SYLLABLES) for _ in range(random.choice((3, 4)))).capitalize()


def write(articles: Sequence[Article], file: Path) -> Path:
    """Writes articles as JSON lines; gives the file."""
    file.write_text("".join(json.dumps(article) + "\n" for article in articles), encoding="utf-8")
    return file


def words(articles: Iterable[Article]) -> int:
    """How many words they have."""
    return sum(len(article["content"].split()) for article in articles)
