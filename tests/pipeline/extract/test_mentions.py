"""How somebody is called who is not named."""

from __future__ import annotations

import pytest

from pipeline.extract.analysis import analyse
from pipeline.extract.mentions import description


@pytest.mark.parametrize(
    ("text", "start", "end", "words"),
    [
        ("Police said so.", 0, 1, "police"),
        ("The army said so.", 0, 2, "the army"),
        ("Smoke rose. The army said so.", 3, 5, "the army"),
        ("Anton Holm said so.", 0, 2, "Anton Holm"),
        ("NATO said so.", 0, 1, "NATO"),
        ("So the army said.", 1, 3, "the army"),
        ("Nobody said so.", 1, 1, ""),
    ],
)
def test_a_description_stands_as_within_a_sentence(text: str, start: int, end: int, words: str) -> None:
    assert description(analyse(text)[start:end]) == words
