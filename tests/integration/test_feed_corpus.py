"""The feed parser's own test files through the reader: no crash, no hang, no lost entry.

They come with the source distribution of the very version that is locked, checked by its hash, from whatever index this
machine installs from; unpacked beside the environment, and no part of this repository.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

import feedparser
import pytest

from schemas.errors import InputError
from workers.feeds.identity import seen
from workers.feeds.reading import read_feed

_LOCK = Path(__file__).parents[2] / "requirements.lock"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files, brought once for each locked version."""
    locked = re.search(r"^feedparser==(\S+)(?: \\\n +--hash=\S+)+\n", _LOCK.read_text(), re.MULTILINE)
    assert locked, "the feed parser is not locked"
    place = Path(sys.prefix) / f"feedparser-{locked[1]}"
    if not place.exists():
        folder = tmp_path_factory.mktemp("feedparser")
        (folder / "wanted.txt").write_text(locked[0])
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
        ]
        command += ["--no-deps", "--no-build-isolation", "--no-binary", "feedparser", "-r", "wanted.txt"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
        packed = next(folder.glob("*.tar.gz"), None)
        if packed is None:
            assert "HASHES" not in done.stderr, done.stderr
            pytest.skip(f"the source distribution of feedparser {locked[1]} cannot be had from this machine's index")
        with tarfile.open(packed) as archive:
            archive.extraction_filter = getattr(tarfile, "data_filter", None)  # new in Python 3.11.4
            archive.extractall(folder)
        (folder / f"feedparser-{locked[1]}").rename(place)
    return sorted(file for file in (place / "tests").rglob("*") if file.is_file() and file.suffix != ".py")


def test_no_file_crashes_the_reader_and_no_entry_is_lost(corpus: list[Path]) -> None:
    outcomes: Counter[str] = Counter()
    lost = []
    for file in corpus:
        data = file.read_bytes()
        theirs = len(feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False).entries)
        try:
            entries = read_feed(data, file.name, 100_000).entries
        except InputError:
            entries = []
            outcomes["no feed"] += 1
        told_apart, errors = seen(entries, "feed.example", "feed")
        outcomes["entries"] += len(entries)
        if len(entries) < theirs or (entries and not told_apart and not errors):
            lost.append(f"{file.name}: feedparser finds {theirs} entries, the reader {len(entries)}")
    assert not lost
    assert len(corpus) > 2_000
    assert outcomes["entries"] > 1_000
    assert outcomes["no feed"] < 50, "what is not a feed is said to be none, and hardly any of these is"
