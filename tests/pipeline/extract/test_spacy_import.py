"""spaCy comes without its command line, and the command line is still there for who wants it."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import sys
import pipeline.extract
print(any(name.startswith("spacy.cli") for name in sys.modules))
from spacy.cli import download
print(download.__module__)
"""


def test_the_command_line_is_loaded_by_who_asks_for_it_alone() -> None:
    told = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout.split() == ["False", "spacy.cli.download"]
