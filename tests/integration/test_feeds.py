"""Feeds and folders as people use them: added by a page, polled by real schedulers and workers, edited, killed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.integration.articles import write_articles
from tests.integration.program import CELERY, WIREROOM, environment, service, until, wireroom
from tests.workers.fetching.misbehaving import answer, serving

_WORKER = [*CELERY, "worker", "-l", "INFO", "-c", "1", "--without-mingle", "--without-gossip"]
_FETCHER = [*CELERY, "worker", "-Q", "fetch", "-P", "threads", "-c", "4", "-l", "INFO", "--without-mingle"]
_BEAT = [*CELERY, "beat", "-l", "INFO"]
_REST = "“We are still searching,” Captain Ines Moral told reporters at the scene on Monday. " * 8
_SECONDS_BETWEEN = 1.0


def _feed(*articles: tuple[int, str]) -> bytes:
    items = [
        f"<item><guid>g{n}</guid><title>Fire {n}</title><description>{text} {_REST}</description></item>"
        for n, text in articles
    ]
    return f'<rss version="2.0"><channel><title>The Gazette</title>{"".join(items)}</channel></rss>'.encode()


def _feeds(env: dict[str, str]) -> list[dict[str, Any]]:
    listed = wireroom(env, "feeds", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    return list(json.loads(listed.stdout))


def _table(env: dict[str, str], statement: str) -> list[Any]:
    """What a statement gives, without a process for each look; nothing while the tables are not there yet."""
    path = env["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=30)) as tables, tables:
        return [row[0] for row in tables.execute(statement)]


def test_a_feed_is_found_polled_and_followed_and_a_killed_worker_costs_only_time(tmp_path: Path) -> None:
    log = tmp_path / "services.log"
    with serving() as server:
        env = environment(
            f"sqlite:///{tmp_path / 'wireroom.sqlite'}",
            WIREROOM_FETCH_NETWORKS="127.0.0.0/8",
            WIREROOM_FETCH_HOST_SECONDS="0",
            WIREROOM_FETCH_SECONDS="1",
            WIREROOM_POLL_SECONDS="0.5",
            WIREROOM_FEED_SHORTEST_SECONDS=str(_SECONDS_BETWEEN),
            WIREROOM_FEED_LONGEST_SECONDS=str(_SECONDS_BETWEEN),
        )
        page = b'<html><link rel="alternate" type="application/rss+xml" href="/feed?token=s3cret"></html>'
        feed = "/feed?token=s3cret"
        server.paths |= {"/": answer(page), feed: answer(_feed((1, "Three people died.")))}
        private = server.url("/").replace("http://", "http://desk:s3cret@")
        added = wireroom(env, "feeds", "add", private)
        assert added.returncode == 0, added.stderr
        asked = len(server.asked)

        texts = "SELECT text FROM cleaned_bodies"
        with (
            service([*_WORKER, "-Q", "clean,sweep", "-n", "rest@%h", "-B", "-s", str(tmp_path / "1")], env, log),
            service([*_BEAT, "-s", str(tmp_path / "2")], env, log),
            service([*_FETCHER, "-n", "first@%h"], env, log) as first,
            service([*_FETCHER, "-n", "second@%h"], env, log) as second,
        ):
            until(lambda: len(_table(env, texts)) == 1, "the first article")
            until(lambda: server.times(feed) > 5, "many polls")
            server.paths[feed] = _hang
            before = server.times(feed)
            until(lambda: server.times(feed) > before, "a poll to be under way")
            for fetcher in (first, second):
                os.kill(fetcher.pid, signal.SIGKILL)
            server.paths[feed] = answer(_feed((2, "Nobody was hurt."), (1, "Four people died.")))
            _let_claims_run_out(env)
            with service([*_FETCHER, "-n", "third@%h"], env, log):
                until(lambda: len(_table(env, texts)) == 2, "the second article")
                until(lambda: any("Four" in text for text in _table(env, texts)), "the edited first")
        times = [moment for path, _, moment in server.asked[asked:] if "feed" in path]
    assert all(later - earlier > 0.9 * _SECONDS_BETWEEN for earlier, later in pairwise(times)), "one in its interval"
    assert len(_table(env, "SELECT id FROM documents")) == 2
    assert ["Three" in text for text in _table(env, "SELECT text FROM revisions")] == [True]
    (listed,) = _feeds(env)
    assert (listed["state"], listed["title"], listed["last_success"] is not None) == ("active", "The Gazette", True)
    assert not any("s3cret" in each for each in (log.read_text(), added.stdout, added.stderr, json.dumps(listed)))


def _hang(_: dict[str, str]) -> Iterator[bytes]:
    time.sleep(20)
    yield b""


def _let_claims_run_out(env: dict[str, str]) -> None:
    """What a minute would do."""
    for statement in (
        "UPDATE feeds SET claimed_until = '2020-01-01 00:00:00.000000' RETURNING 1",
        "UPDATE hosts SET free = '2020-01-01 00:00:00.000000', sent = NULL RETURNING 1",
    ):
        assert _table(env, statement)


def test_lists_come_in_and_what_is_no_feed_is_named(tmp_path: Path) -> None:
    env = environment(f"sqlite:///{tmp_path / 'wireroom.sqlite'}")
    opml = (
        '<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY x "y">]><opml version="1.0"><body><outline text="Desk">'
        '<outline text="A &amp; B" xmlUrl="https://u:s3cret@a.example/feed"/><outline xmlUrl="ftp://b.example/x"/>'
        "</outline></body></opml>"
    )
    (tmp_path / "feeds.opml").write_text(opml)
    (tmp_path / "feeds.txt").write_text("# ours\nhttps://c.example/rss\n\nnot an address\n")
    done = wireroom(env, "feeds", "import", tmp_path / "feeds.opml", tmp_path / "feeds.txt")
    assert done.returncode == 2
    assert "feeds.opml, line 1: is not an HTTP(S) URL" in done.stderr
    assert "feeds.txt, line 4: is not an HTTP(S) URL" in done.stderr
    assert [feed["url"] for feed in _feeds(env)] == ["https://a.example/feed", "https://c.example/rss"]
    assert wireroom(env, "feeds", "pause", "1").returncode == 0
    assert [feed["state"] for feed in _feeds(env)] == ["paused", "active"]
    assert wireroom(env, "feeds", "resume", "1").returncode == 0
    again = tmp_path / "again.opml"
    again.write_text(wireroom(env, "feeds", "export").stdout)
    assert wireroom(env, "feeds", "import", again).returncode == 0
    assert wireroom(env, "feeds", "remove", "1", "https://c.example/rss").returncode == 0
    (feed,) = _feeds(env)
    assert feed["title"] == "A & B"
    unknown = wireroom(env, "feeds", "remove", "7")
    assert unknown.returncode == 2
    refused = wireroom(env, "feeds", "add", "http://desk:s3cret@127.0.0.1:9/feed")
    assert refused.returncode == 2
    assert "not a public address" in refused.stderr
    assert "s3cret" not in refused.stderr


def test_a_folder_is_watched_finished_files_are_taken_once(tmp_path: Path) -> None:
    env = environment(f"sqlite:///{tmp_path / 'wireroom.sqlite'}")
    inbox = tmp_path / "in"
    path = write_articles(inbox, 3)
    (inbox / "half.jsonl.part").write_text("{")
    with service([*_WORKER, "-Q", "sweep"], env, tmp_path / "worker.log"):
        until(lambda: wireroom(env, "watch", inbox, "--once", "--settled", "0").returncode == 0, "the broker")
        assert len(_table(env, "SELECT id FROM documents")) == 3
        again = wireroom(env, "watch", inbox, "--once", "--settled", "0")
        assert "articles" not in again.stderr, "a restart takes nothing twice"
        kept = "SELECT id FROM documents"
        with service([*WIREROOM, "watch", str(inbox), "--settled", "1.5"], env, tmp_path / "watch.log"):
            growing = inbox / "growing.txt"
            for n in range(8):
                with growing.open("a") as file:
                    file.write(f"Part {n} of the article. ")
                time.sleep(0.4)
            until(lambda: len(_table(env, kept)) == 4, "the finished file")
            time.sleep(1)
        log = (tmp_path / "watch.log").read_text()
        assert log.count("growing.txt: 1 document, 1 of them new") == 1, "it was not taken while it grew"
        done = tmp_path / "done"
        moved = wireroom(env, "watch", inbox, "--once", "--settled", "0", "--move", done)
        assert moved.returncode == 0, moved.stderr
        (inbox / "broken.jsonl").write_text("no json\n")
        path.write_text('{"content": "Another article."}\n')
        moved = wireroom(env, "watch", inbox, "--once", "--settled", "0", "--move", done)
        assert moved.returncode == 2
    assert (done / "articles.jsonl").exists()
    assert (done / "unread" / "broken.jsonl").exists()
    assert sorted(file.name for file in inbox.iterdir() if file.suffix != ".txt") == ["half.jsonl.part"]
