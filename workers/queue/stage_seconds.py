"""Seconds that the stages take, summed on Redis over all workers, for the desk's metrics.

The sums begin anew with an empty Redis, which is what Prometheus expects of a counter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

import redis

from schemas.stages import Stage
from workers.queue.broker import broker_client, broker_url
from workers.queue.told_later import ToldLater

# Upper bounds in seconds: cleaning and dedupe take milliseconds, extracting up to the time limit of a stage.
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)

_KEY = "wireroom.stage_seconds."


def add(measured: Iterable[tuple[Stage, float]]) -> None:
    """Counts one document's time in stages; a broker that is away loses measurements and nothing else."""
    _gathered.add(measured)


def _send(measured: Iterable[tuple[Stage, float]]) -> None:
    sums: defaultdict[Stage, float] = defaultdict(float)
    counts: Counter[tuple[Stage, str]] = Counter()
    for stage, seconds in measured:
        sums[stage] += seconds
        counts[stage, str(next((bound for bound in BUCKETS if seconds <= bound), "inf"))] += 1
    with suppress(redis.RedisError), _client().pipeline(transaction=False) as pipe:
        for stage, seconds in sums.items():
            pipe.hincrbyfloat(_KEY + stage, "sum", seconds)
        for (stage, bucket), count in counts.items():
            pipe.hincrby(_KEY + stage, bucket, count)
        pipe.execute()


_gathered = ToldLater(_send)


def read() -> dict[Stage, tuple[list[tuple[str, float]], float]]:
    """For each stage its buckets, each with the count up to its bound, and the sum of all seconds.

    Raises:
        redis.RedisError: the broker does not answer.
    """
    found = {}
    with _client().pipeline(transaction=False) as pipe:
        for stage in Stage:
            pipe.hgetall(_KEY + stage)
        answers = pipe.execute()
    for stage, answer in zip(Stage, answers, strict=True):
        fields = {key.decode(): float(value) for key, value in answer.items()}
        count, buckets = 0.0, []
        for bound in BUCKETS:
            count += fields.get(str(bound), 0.0)
            buckets.append((str(bound), count))
        buckets.append(("+Inf", count + fields.get("inf", 0.0)))
        found[stage] = (buckets, fields.get("sum", 0.0))
    return found


_clients: dict[str, redis.Redis] = {}


def _client() -> redis.Redis:
    """A client that keeps its connection: one for every document would cost more than what it counts."""
    url = broker_url() or ""
    if url not in _clients:
        _clients.clear()
        _clients[url] = broker_client()
    return _clients[url]
