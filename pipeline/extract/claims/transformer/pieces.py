"""BERT's lower-case word pieces: a word is cut, from its front, into the longest pieces that the vocabulary holds.

Schuster and Nakajima (2012); Devlin et al. (2019). The vocabulary is that of bert-base-uncased (Apache License 2.0).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from string import punctuation

from schemas.data_files import read_text

# A longer word is no word; BERT's tokenizer has the same limit.
_LONGEST = 100
# Word forms whose pieces are kept: about the words of a year's news.
_KEPT = 65_536

# Where Unicode's planes of letters and marks end.
_LAST = 0x20000

OPENING, DIVIDING, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"


@cache
def vocabulary() -> dict[str, int]:
    """The number of each piece: its line in `vocabulary.txt`."""
    lines = read_text(__package__, "vocabulary.txt").splitlines()
    return {piece: number for number, piece in enumerate(lines)}


def pieces(text: str) -> Iterator[tuple[int, int, int]]:
    """The pieces of a text: the number of each, and the characters it stands for, from and to.

    Where accents fall away or letters become two, the place of a piece within its word is near, not exact.
    """
    for word in _words().finditer(text):
        start, length = word.start(), word.end() - word.start()
        for number, first, last in _of_word(word.group()):
            yield number, start + min(first, length - 1), start + min(last, length)


@cache
def _words() -> re.Pattern[str]:
    """Runs of letters and whatever is no punctuation; punctuation and Chinese characters one by one."""
    marks = {*punctuation, *(c for c in map(chr, range(_LAST)) if unicodedata.category(c)[0] == "P")}
    alone = "".join(map(re.escape, sorted(marks))) + "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
    return re.compile(f"[^\\s{alone}]+|[{alone}]")


@lru_cache(maxsize=_KEPT)
def _of_word(word: str) -> tuple[tuple[int, int, int], ...]:
    known = vocabulary()
    plain = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) not in _DROPPED)
    if not plain:
        return ()
    found, start = [], 0
    while start < len(plain) <= _LONGEST:
        end = len(plain)
        while end > start and (piece := ("##" if start else "") + plain[start:end]) not in known:
            end -= 1
        if end == start:
            break
        found.append((known[piece], start, end))
        start = end
    return tuple(found) if start == len(plain) else ((known[UNKNOWN], 0, len(word)),)


# Accents, and what is not seen.
_DROPPED = frozenset({"Mn", "Cc", "Cf", "Co", "Cs"})
