"""What is told a moment later: once for all of it, at once outside of a pool, and before a process ends."""

from __future__ import annotations

from threading import Event

import pytest

from workers.queue import told_later
from workers.queue.told_later import ToldLater, send_all_now


@pytest.fixture
def in_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process counts as one of a pool."""
    monkeypatch.setattr(told_later, "_in_pool", True)
    monkeypatch.setattr(told_later, "_all", [])


@pytest.mark.usefixtures("in_pool")
def test_what_comes_within_a_moment_is_sent_at_once_and_what_follows_by_itself() -> None:
    sent: list[list[int]] = []
    came = Event()

    def send(items: list[int]) -> None:
        sent.append(items)
        came.set()

    later = ToldLater(send)
    later.add([1, 2])
    later.add([3])
    assert sent == []
    assert came.wait(60)
    came.clear()
    later.add([4])
    assert came.wait(60)
    assert sent == [[1, 2, 3], [4]]


@pytest.mark.usefixtures("in_pool")
def test_a_process_that_ends_sends_what_it_gathered_and_nothing_twice() -> None:
    sent: list[list[int]] = []
    ToldLater(sent.append).add([1])
    send_all_now()
    send_all_now()
    assert sent == [[1]]


def test_outside_of_a_pool_nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_later, "_all", [])
    sent: list[list[int]] = []
    ToldLater(sent.append).add([1])
    assert sent == [[1]]
