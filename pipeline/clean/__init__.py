"""The stage `clean`: only the article, all of the article, and what it says of itself.

Two doors: `decode` turns the bytes of a file into text as a browser would, and `clean` turns a raw document into the
article's text, its facts, and a list of what was cut. `Rules` are the lines that a newsroom may add to, `Languages` the
model that tells a text's language.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .encoding import decode

if TYPE_CHECKING:
    from .article import clean
    from .language import Languages
    from .language import unpack as unpack_languages
    from .rules import Rules

__all__ = ["Languages", "Rules", "clean", "decode", "unpack_languages"]

# Who reads files and feeds wants `decode` alone, and waits for no parser of pages.
_LOADED_WHEN_ASKED = {
    "clean": ("article", "clean"),
    "Rules": ("rules", "Rules"),
    "Languages": ("language", "Languages"),
    "unpack_languages": ("language", "unpack"),
}


def __getattr__(name: str) -> Any:
    if name not in _LOADED_WHEN_ASKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, told = _LOADED_WHEN_ASKED[name]
    return getattr(import_module(f"{__name__}.{module}"), told)
