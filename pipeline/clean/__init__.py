"""The stage `clean`: only the article, all of the article, and what it says of itself.

Two doors: `decode` turns the bytes of a file into text as a browser would, and `clean` turns a raw document into the
article's text, its facts, and a list of what was cut. `Rules` are the lines that a newsroom may add to.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .encoding import decode

if TYPE_CHECKING:
    from .article import clean
    from .rules import Rules

__all__ = ["Rules", "clean", "decode"]

# Who reads files and feeds wants `decode` alone, and waits for no parser of pages.
_LOADED_WHEN_ASKED = {"clean": "article", "Rules": "rules"}


def __getattr__(name: str) -> Any:
    if name not in _LOADED_WHEN_ASKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LOADED_WHEN_ASKED[name]}"), name)
