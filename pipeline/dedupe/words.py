"""Words of a text in any script, and a number for each: what shingles and profiles are made of.

All words of a text are found and hashed at once, as arrays over its characters: this is the greater part of what dedupe
costs, for each candidate's text is read again to be compared.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

WordCodes = NDArray[np.uint64]
Places = NDArray[np.int64]

# Scripts written without spaces, where each character counts as a word: Thai, Lao, Tibetan, Burmese, Khmer, kana, Han.
_UNSPACED = ((0x0E00, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
_UNSPACED_BEYOND = (0x20000, 0x3FFFF)  # Han again, beyond the first 65,536 characters.
_SYMBOLS_BEYOND = 0x1F000  # Emoji and the like from here, letters of rare scripts before.
_APART, _LETTER, _ALONE = 0, 1, 2  # Kinds of characters: between words, within one, a word each.
_BASE = 0x9E3779B97F4A7C15  # Odd, so that it can be divided by, modulo 2 ** 64.
_UNBASE = pow(_BASE, -1, 1 << 64)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in order.

    Attributes:
        text: the text in NFKC, as long as its small letters.
        starts, ends: where each word stands in it.
        codes: a 64-bit number for each word in small letters, the same for the same word in every text and process.
        alone: whether each is a character of a script without spaces.
        sums: what codes of longer stretches are made from.
    """

    text: str
    starts: Places
    ends: Places
    codes: WordCodes
    alone: NDArray[np.bool_]
    sums: WordCodes

    def word(self, place: int, count: int = 1) -> str:
        """The word at a place, or `count` of them from there, in small letters."""
        return self.text[self.starts[place] : self.ends[place + count - 1]].lower()

    def part(self, which: slice) -> Words:
        """Some of the words, of the same text."""
        return Words(
            self.text, self.starts[which], self.ends[which], self.codes[which], self.alone[which], self.sums
        )  # fmt: skip

    def pairs(self, places: Places) -> WordCodes:
        """Codes of the words at these places, each with the next; of use for characters of scripts without spaces."""
        return _codes(self.sums, self.starts[places], self.ends[places + 1])

    def written(self, place: int) -> str:
        """The word at a place as it is written."""
        return self.text[self.starts[place] : self.ends[place]]

    def particulars(self) -> NDArray[np.bool_]:
        """Whether each is a name or a number: what two records of one form do not share."""
        first = _characters(self.text)[self.starts]
        return self.names() | ((first >= ord("0")) & (first <= ord("9")))

    def names(self) -> NDArray[np.bool_]:
        """Whether each stands capitalised within a sentence: after a space, and before that a word or a comma."""
        written = _characters(self.text)
        found = _capitals()[np.minimum(written[self.starts], 0xFFFF)] & (self.starts >= 2)
        before, earlier = np.maximum(self.starts - 1, 0), np.maximum(self.starts - 2, 0)
        follows = np.concatenate(([False], (self.ends[:-1] == before[1:]) & ~self.alone[:-1]))
        found &= (written[before] == ord(" ")) & (follows | (written[earlier] == ord(",")))
        return found


def words(text: str) -> Words:
    """The words of any text: runs of letters, digits and their marks; a character each in scripts without spaces."""
    # The dotted capital I is the one character whose small letter is longer than itself.
    text = (text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)).replace("İ", "I")
    small = _characters(text.lower())
    kind = np.zeros(len(small) + 2, np.uint8)
    kind[1:-1] = _kinds_of(small)
    letter, alone = kind == _LETTER, kind == _ALONE
    starts = np.flatnonzero(alone[1:-1] | (letter[1:-1] & ~letter[:-2]))
    ends = np.flatnonzero(alone[1:-1] | (letter[1:-1] & ~letter[2:])) + 1
    sums = _sums(small)
    return Words(text, starts, ends, _codes(sums, starts, ends), alone[1:-1][starts], sums)


def words_of_both(text: str, title: str) -> tuple[Words, Words]:
    """The words of a text and of its title, for little more than those of the text."""
    both = words(text + "\n" + title.replace("\n", " "))
    count = int(np.searchsorted(both.starts, both.text.rindex("\n")))
    return both.part(slice(count)), both.part(slice(count, None))


def codes_of(each: Iterable[str]) -> WordCodes:
    """The codes of words given one by one."""
    listed = list(each)
    lengths = np.array([len(word) for word in listed], np.int64)
    ends = np.cumsum(lengths)
    return _codes(_sums(_characters("".join(listed))), ends - lengths, ends)


def short_codes(codes: WordCodes | NDArray[np.int32]) -> tuple[int, ...]:
    """The last 16 bits of codes or of profiles' keys: of two texts' few words, one in some hundreds meets by chance."""
    return tuple((codes.astype(np.int64) & 0xFFFF).tolist())


def _characters(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _sums(characters: NDArray[np.uint32]) -> WordCodes:
    """Sums of each character so far times a power of the base: differences of two hash what is between them."""
    sums = np.zeros(len(characters) + 1, np.uint64)
    terms = (characters + np.uint64(1)) * _powers(_BASE, _room(len(characters)))[: len(characters)]
    np.cumsum(terms, out=sums[1:])
    return sums


def _codes(sums: WordCodes, starts: Places, ends: Places) -> WordCodes:
    """Polynomial hashes (Karp, Rabin 1987) of stretches of a text, wherever they stand in it, with their bits mixed."""
    return mixed((sums[ends] - sums[starts]) * _powers(_UNBASE, _room(len(sums)))[starts])


def mixed(codes: WordCodes) -> WordCodes:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the result depends on every bit given."""
    codes = (codes ^ (codes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    codes = (codes ^ (codes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return codes ^ (codes >> np.uint64(31))


def _room(length: int) -> int:
    """The next power of two, so that a few tables of powers serve all texts."""
    return max(1 << 14, 1 << (length - 1).bit_length())


@lru_cache(maxsize=8)
def _powers(base: int, count: int) -> WordCodes:
    factors = np.full(count, base, np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


def _kinds_of(characters: NDArray[np.uint32]) -> NDArray[np.uint8]:
    kinds: NDArray[np.uint8] = _kinds()[np.minimum(characters, 0xFFFF)]
    beyond = np.flatnonzero(characters > 0xFFFF)
    if len(beyond):
        first, last = _UNSPACED_BEYOND
        among = characters[beyond]
        kinds[beyond] = np.where(among < _SYMBOLS_BEYOND, _LETTER, _APART)
        kinds[beyond[(among >= first) & (among <= last)]] = _ALONE
    return kinds


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.uint8]:
    """The kind of each of the first 65,536 characters. Marks belong to their letter: vowel signs, accents."""
    letters = [chr(c).isalnum() or unicodedata.category(chr(c)) in ("Mn", "Mc") for c in range(0x10000)]
    kinds = np.where(letters, _LETTER, _APART).astype(np.uint8)
    for first, last in _UNSPACED:
        stretch = kinds[first : last + 1]
        stretch[stretch == _LETTER] = _ALONE
    return kinds


@lru_cache(maxsize=1)
def _capitals() -> NDArray[np.bool_]:
    return np.array([chr(c).isupper() for c in range(0x10000)])
