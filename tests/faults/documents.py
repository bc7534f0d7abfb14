"""Invented documents for a round: events with officials, counts and quotes, and copies of one another."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

Raw = dict[str, Any]

_LISTS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
_PLACES, _FIRST, _LAST = _LISTS["places"], _LISTS["first_names"], _LISTS["last_names"]
_OFFICES, _CAUSES, _THINGS = _LISTS["offices"], _LISTS["causes"], _LISTS["things"]
_WORDS, _OUTLETS = _LISTS["words"], _LISTS["outlets"]

# One document in so many is a copy of an earlier one.
_COPY_EVERY = 4


def portions(seed: int, count: int, size: int) -> list[list[Raw]]:
    """The documents of a round in the portions that a producer hands in; the same for the same seed."""
    documents = _documents(Random(f"documents {seed}"))
    return [[next(documents) for _ in range(size)] for _ in range(count)]


def write(portion: list[Raw], path: Path) -> Path:
    """Writes a portion as JSON lines; gives the path."""
    path.write_text("".join(json.dumps(document) + "\n" for document in portion), encoding="utf-8")
    return path


def _documents(random: Random) -> Iterator[Raw]:
    # Each its own time: which of several copies is the earliest must not hang on when each happened to arrive.
    published = datetime(2026, 3, 1, tzinfo=UTC)
    written: list[Raw] = []
    number = 0
    while True:
        number += 1
        published += timedelta(minutes=random.randint(3, 40))
        if written and number % _COPY_EVERY == 0:
            original = random.choice(written)
            content = original["content"] + f"\nEdited by the night desk of {random.choice(_PLACES)}."
            title = original["title"]
        else:
            title, content = _article(random)
        document = {
            "id": f"invented-{number}",
            "source": random.choice(_OUTLETS),
            "title": title,
            "content": content,
            "published": published.isoformat(),
        }
        if number % _COPY_EVERY:
            written.append(document)
        yield document


def _article(random: Random) -> tuple[str, str]:
    place, cause, thing = random.choice(_PLACES), random.choice(_CAUSES), random.choice(_THINGS)
    first = f"{random.choice(_OFFICES)} {random.choice(_FIRST)} {random.choice(_LAST)}"
    second = f"{random.choice(_FIRST)} {random.choice(_LAST)}"
    killed, injured = random.randint(2, 90), random.randint(3, 400)
    sentences = [
        f"{first} said {killed} people were killed and {injured} were injured in {cause} near {thing} in {place}.",
        f"“We counted the {_noun(random)} behind the {_noun(random)} one by one,” {second} told reporters in {place}.",
        f"According to {second}, at least {random.randint(10, 900)} residents were displaced to {_noun(random)}.",
        f"The {place} council said that the {_noun(random)} and the {_noun(random)} would be searched again on Friday.",
        f"“Nobody has seen the {_noun(random)} since {random.randint(1, 11)} o'clock,” said {first}.",
        f"Rescuers carried {_noun(random)} and {_noun(random)} from {thing} to {random.choice(_PLACES)}.",
        f"A later count put the missing at {random.randint(2, 60)}, {second} said, and named the {_noun(random)}.",
    ]
    chosen = [sentences[0], *random.sample(sentences[1:], random.randint(3, 6))]
    return f"{place}: {killed} dead in {cause}", "\n".join(chosen) + "\n"


def _noun(random: Random) -> str:
    return f"{random.choice(_PLACES)} {random.choice(_WORDS)}"
