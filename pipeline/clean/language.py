"""The language a text is in, offline: py3langid, whose model ships in its wheel."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier
from py3langid.modelio import load_model

# Enough for the classifier to be sure; more only costs time.
_SAMPLE = 450
# Fewer letters than this say little: the answer counts only where the classifier is nearly sure of it.
_SHORT = 40
_SURE = 0.9
_LETTERS = re.compile(r"[^\W\d_]")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|[@#]\w+")

# The two large tables, each a file of its own that is mapped, and the rest in one that is read.
_PROBABILITIES, _TRANSITIONS, _REST = "probabilities.npy", "transitions.npy", "rest.npz"


class Languages:
    """Tells the language of a text."""

    def __init__(self, identifier: LanguageIdentifier) -> None:
        self._identifier = identifier

    @staticmethod
    @cache
    def shipped() -> Languages:
        """From the model in the wheel, which takes 0.7 s to decompress and 70 MB of memory of this process."""
        return Languages(LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True))

    @staticmethod
    def unpacked(folder: Path) -> Languages:
        """From a folder that `unpack` filled: of its 70 MB only the parts that texts ask for are in memory, once for
        all processes.
        """
        rest = np.load(folder / _REST)
        transitions = memoryview(np.load(folder / _TRANSITIONS, mmap_mode="r"))  # gives integers, an array numpy's own
        return Languages(
            LanguageIdentifier(
                np.load(folder / _PROBABILITIES, mmap_mode="r"), rest["priors"], rest["classes"].tolist(), transitions,
                rest["features"].tolist(), tk_row=rest["rows"].tolist(), norm_probs=True,
            )
        )  # fmt: skip

    def language_of(self, text: str) -> str | None:
        """ISO 639-1 code of the language of `text`; None where there are no letters, or too few to be sure."""
        sample = _ADDRESS.sub(" ", text[:_SAMPLE])
        letters = len(_LETTERS.findall(sample))
        if not letters:
            return None
        code, probability = self._identifier.classify(sample)
        return str(code) if letters >= _SHORT or probability >= _SURE else None


def unpack(folder: Path) -> None:
    """Writes the model's tables into a new folder, for `Languages.unpacked`."""
    folder.mkdir()
    probabilities, priors, classes, transitions, rows, features = load_model(MODEL_DIR / MODEL_FILE)
    np.save(folder / _PROBABILITIES, probabilities)
    np.save(folder / _TRANSITIONS, np.asarray(transitions))
    np.savez(folder / _REST, priors=priors, classes=np.array(classes), rows=np.asarray(rows), features=features)


def language_tag(stated: str | None) -> str | None:
    """The ISO 639-1 part of a stated language ("en-GB", "pt_BR", "EN"); None where it is none."""
    code = re.match(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9]+)*$", (stated or "").strip())
    return code[1].lower() if code else None
