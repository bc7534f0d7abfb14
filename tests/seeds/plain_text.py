"""The words of a seed as a reader's eye would find them, taken without any part of the pipeline.

Tags are dropped and character references resolved, nothing more: navigation and promotion are still in it.
"""

from __future__ import annotations

import gzip
import html
import json
import re
from pathlib import Path
from xml.etree import ElementTree

SEEDS = Path(__file__).parents[2] / "seeds"
ENDINGS = (".txt", ".html", ".json", ".jsonl", ".rss")

_CODE = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->", re.S | re.I)
_TAG = re.compile(r"<[^>]+>")
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


def seed_files() -> list[Path]:
    """The seeds that the walk through `seeds/` reads, by name."""
    return sorted(path for path in SEEDS.iterdir() if _ending(path) in ENDINGS)


def documents(path: Path) -> dict[str, str]:
    """The text of each document in one seed file, by the `external_id` it will have."""
    return {name: _without_tags(content) if "<" in content else content for name, content in _contents(path).items()}


def source_text(path: Path) -> str:
    """The seed file as written, unpacked: for what stands in a page's head or a feed's frame."""
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")


def stem(path: Path) -> str:
    """The file's name less its endings."""
    return path.name.removesuffix(".gz").removesuffix(_ending(path))


def _ending(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).suffix


def _contents(path: Path) -> dict[str, str]:
    text = source_text(path)
    match _ending(path):
        case ".jsonl":
            return {row["id"]: row["content"] for row in map(json.loads, text.splitlines())}
        case ".json":
            row = json.loads(text)
            return {row["id"]: row["content"]}
        case ".rss":
            items = ElementTree.fromstring(text).iter("item")
            return {item.findtext("guid", ""): item.findtext(_CONTENT, "") for item in items}
        case _:
            return {stem(path): text}


def _without_tags(page: str) -> str:
    return html.unescape(_TAG.sub("", _CODE.sub("", page)))
