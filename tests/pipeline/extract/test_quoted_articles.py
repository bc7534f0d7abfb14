"""Each direct quote and its speaker's full name in short invented articles of many styles (`quoted.toml`)."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract import extract

ARTICLES = tomllib.loads((Path(__file__).parent / "quoted.toml").read_text(encoding="utf-8"))["article"]


def names_match(one: str, other: str | None) -> bool:
    """Whether two forms name the same: titles and articles may differ."""
    words, others = (set(re.findall(r"\w+", name.lower())) - {"the", "a", "an"} for name in (one, other or ""))
    return bool(words) and bool(others) and (words <= others or others <= words)


@pytest.mark.parametrize(
    "article",
    [
        pytest.param(
            article,
            id=article["name"],
            marks=[pytest.mark.xfail(strict=True, reason=article["missed"])] if "missed" in article else [],
        )
        for article in ARTICLES
    ],
)
def test_direct_quotes_have_their_speakers_full_name(article: dict[str, Any]) -> None:
    found = [quote for quote in extract(article["text"].strip()).quotes if quote.kind == "direct"]
    names = {start: [q.speaker_name for q in found if start in q.text] for start, _ in article["quotes"]}
    assert {
        start: names[start] for start, name in article["quotes"] if not any(names_match(name, n) for n in names[start])
    } == {}
    assert [quote.text for quote in found if any(title in quote.text for title in article.get("titles", ()))] == []
