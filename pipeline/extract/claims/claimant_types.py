"""What kind of claimant it is, as recorders of conflict and disaster tell sources apart."""

from __future__ import annotations

import re
from functools import cache
from typing import cast

from pipeline.extract.claims.data import read_toml
from schemas.records import ClaimantType

_WORD = re.compile(r"[\w.'’-]*\w")
_PHRASES = "_phrases"


def claimant_type(claimant: str, name: str | None) -> ClaimantType:
    """The type of a claimant, by the words of the mention and of the fullest name; `other` where none tells."""
    told = f"{claimant} {name or ''}".casefold().replace("’", "'")
    words = {word.removesuffix("'s") for word in _WORD.findall(told)} | set(_WORD.findall(told))
    for kind, (known, phrases) in _types().items():
        if any(phrase in told for phrase in phrases) or words & known:
            return kind
    return "other"


@cache
def _types() -> dict[ClaimantType, tuple[frozenset[str], tuple[str, ...]]]:
    listed = read_toml("claimant_types.toml")
    return {
        cast(ClaimantType, kind): (frozenset(words.split()), tuple(listed.get(kind + _PHRASES, ())))
        for kind, words in listed.items()
        if not kind.endswith(_PHRASES)
    }
