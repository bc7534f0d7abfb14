"""The language a text is in, offline: py3langid, whose model ships in its wheel."""

from __future__ import annotations

import re
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# Enough for the classifier to be sure; more only costs time.
_SAMPLE = 450
# Fewer letters than this say little: the answer counts only where the classifier is nearly sure of it.
_SHORT = 40
_SURE = 0.9
_LETTERS = re.compile(r"[^\W\d_]")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[@#]\w+")


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language of `text`; None where there are no letters, or too few to be sure."""
    sample = _ADDRESS.sub(" ", text[:_SAMPLE])
    letters = len(_LETTERS.findall(sample))
    if not letters:
        return None
    code, probability = _identifier().classify(sample)
    return str(code) if letters >= _SHORT or probability >= _SURE else None


def language_tag(stated: str | None) -> str | None:
    """The ISO 639-1 part of a stated language ("en-GB", "pt_BR", "EN"); None where it is none."""
    code = re.match(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9]+)*$", (stated or "").strip())
    return code[1].lower() if code else None


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
