"""Words of a text in any script: what shingles and profiles are made of."""

from __future__ import annotations

import re
import unicodedata

# Scripts written without spaces, where each character counts as a word: Thai, Lao, Tibetan, Burmese, Khmer, kana, Han.
_UNSPACED = "\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Vowel signs and accents that `\w` leaves out, and that would break a Hebrew, Arabic or Hindi word in two.
_MARKS = "\u0300-\u036f\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
_CHARACTER = re.compile(f"[{_UNSPACED}]")
_PLAIN = re.compile(r"\w+")  # Twice as fast as the pattern for all scripts.
_BEYOND_PLAIN = re.compile(f"[{_UNSPACED}{_MARKS}]")
_ANY_SCRIPT = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[\w{_MARKS}])+")
# A word within a sentence, so that a capital at its head marks a name and not the sentence's start.
_WITHIN_SENTENCE = re.compile(r"(?<=[\w,] )[^\W\d_]\w*")


def normalised(text: str) -> str:
    """`text` with compatibility forms (full-width letters, ligatures) made one, in NFKC."""
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


def written(text: str) -> list[str]:
    """The words of a normalised text in order as they are written; a character each in scripts without spaces."""
    pattern = _ANY_SCRIPT if _BEYOND_PLAIN.search(text) else _PLAIN
    return pattern.findall(text.replace("_", " "))


def words(text: str) -> list[str]:
    """The same, case folded."""
    return [word.casefold() for word in written(text)]


def names(text: str) -> list[str]:
    """The words, case folded, that stand capitalised within a sentence of a normalised text, as often as they do."""
    return [word.casefold() for word in _WITHIN_SENTENCE.findall(text) if word[0].isupper()]


def is_character(word: str) -> bool:
    """Whether a word is one character of a script without spaces."""
    return len(word) == 1 and _CHARACTER.match(word) is not None
