"""Runs a folder of feeds through the reader: no crash, no hang, and no entry lost that the feed parser itself finds.

    python benchmarks/feed_corpus.py FOLDER

such as `tests/` of https://github.com/kurtmckee/feedparser, some 2,000 well-formed and ill-formed feeds. Names what
breaks, what takes more than a second, and where the reader finds other entries than `feedparser` alone.
"""

from __future__ import annotations

import io
import sys
import time
from collections import Counter
from pathlib import Path

import feedparser

from schemas.errors import InputError
from workers.feeds.identity import seen
from workers.feeds.reading import read_feed

_SLOW = 1.0
_MOST = 100_000


def main(folder: Path) -> int:
    """Prints the account; gives the number of files that broke or lost an entry."""
    found: Counter[str] = Counter()
    slowest, bad = (0.0, Path()), 0
    for path in sorted(folder.rglob("*.xml")):
        data = path.read_bytes()
        started = time.perf_counter()
        try:
            entries = read_feed(data, path.name, _MOST).entries
            taken, errors = seen(entries, "https://feed.example/")
            found["entries"] += len(taken)
            found["entries given twice in one feed"] += len(entries) - len(taken) - len(errors)
            found["notes that a feed is cut short or an entry unreadable"] += len(errors)
            outcome = "read"
        except InputError as error:
            entries, outcome = [], error.cause
        except Exception as error:
            entries, outcome = [], f"CRASHED ({type(error).__name__}: {error})"
            print(f"{path}: {outcome}")
            bad += 1
        took = time.perf_counter() - started
        slowest = max(slowest, (took, path))
        if took > _SLOW:
            print(f"{path}: {took:.1f} s")
        theirs = _entries_alone(data)
        if theirs > len(entries) and "CRASHED" not in outcome:
            print(f"{path}: feedparser finds {theirs} entries, we {len(entries)} ({outcome})")
            found["files with fewer entries than feedparser finds"] += 1
            bad += 1
        found[f"files: {outcome}"] += 1
    for what, count in sorted(found.items()):
        print(f"{count:7,}  {what}")
    print(f"slowest: {slowest[0]:.2f} s, {slowest[1].name}")
    return bad


def _entries_alone(data: bytes) -> int:
    try:
        return len(feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False).entries)
    except Exception:
        return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(1 if main(Path(sys.argv[1])) else 0)
