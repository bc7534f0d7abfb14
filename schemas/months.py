"""Names of the months in the languages that news is written in."""

from __future__ import annotations

import unicodedata
from collections import defaultdict

from schemas.data_files import read_lines

# By language tag, for each month its names.
_NAMES = {
    tag: tuple(tuple(names.split("/")) for names in months)
    for tag, *months in (line.split() for line in read_lines(__package__, "months.txt"))
}


def _meanings() -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """By language which month a name is; and of the names that are the same month in every language, which."""
    by_language = {
        tag: {name: number for number, names in enumerate(months, 1) for name in names}
        for tag, months in _NAMES.items()
    }
    numbers: dict[str, set[int]] = defaultdict(set)
    for meanings in by_language.values():
        for name, number in meanings.items():
            numbers[name].add(number)
    return by_language, {name: number for name, (number, *others) in numbers.items() if not others}


_BY_LANGUAGE, _ANYWHERE = _meanings()


def month_names(language: str) -> tuple[tuple[str, ...], ...]:
    """The names of the twelve months in a language of the list, in lower case."""
    return _NAMES[language]


def month_number(name: str, language: str | None = None) -> int | None:
    """Which month a name stands for, 1 to 12; None where it is no month, or one that depends on the language.

    Args:
        language: the tag of the language that the text is in, where it is known ("pl", "pl-PL").
    """
    name = unicodedata.normalize("NFC", name.casefold())
    tag = (language or "").lower().replace("_", "-").partition("-")[0]
    return _BY_LANGUAGE.get(tag, {}).get(name) or _ANYWHERE.get(name)
