"""Imports spaCy without its command line.

`import spacy` loads all commands of `python -m spacy` for the one function `spacy.info`, and with them clients of HTTP,
validators and templates: 370 modules, 19 MB and a third of the time, in every process that extracts. Nothing here calls
it. The stand-in is gone once spaCy is loaded: who imports `spacy.cli` afterwards gets the real one.
"""

from __future__ import annotations

import sys
from types import ModuleType

_COMMANDS = ("spacy.cli", "spacy.cli.info")

if "spacy" not in sys.modules:
    commands, info = (ModuleType(name) for name in _COMMANDS)
    commands.__path__ = []
    info.info = None  # type: ignore[attr-defined]
    sys.modules.update(zip(_COMMANDS, (commands, info), strict=True))
    try:
        import spacy  # noqa: F401
    finally:
        for name in _COMMANDS:
            del sys.modules[name]
