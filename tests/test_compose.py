"""The compose file: nothing is public by default, and healthchecks check that a worker consumes."""

from __future__ import annotations

import re
from pathlib import Path

_COMPOSE = (Path(__file__).parents[1] / "docker-compose.yml").read_text(encoding="utf-8")


def _services() -> dict[str, str]:
    """Each service's part of the file, the shared one left out."""
    listed = _COMPOSE.split("\nservices:\n")[1].split("\nvolumes:\n")[0]
    parts = re.split(r"^  (\w+):\n", listed, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_what_is_published_is_published_on_loopback_only() -> None:
    ports = re.findall(r"^\s+ports:\s*(.*)$", _COMPOSE, re.MULTILINE)
    assert ports
    for published in ports:
        assert re.fullmatch(r'\["127\.0\.0\.1:\d+:\d+"\]', published)


def test_nothing_starts_without_its_password() -> None:
    for name in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "FLOWER_AUTH"):
        assert name in re.findall(r"\$\{(\w+):\?", _COMPOSE)
        assert not re.search(rf"\$\{{{name}(:-|\}})", _COMPOSE), f"{name} has a default"


def test_every_worker_is_asked_by_its_name_whether_it_consumes_and_is_started_again() -> None:
    names = {}
    for service, text in _services().items():
        if worker := re.search(r"celery -A workers worker .*-n (\w+)@%h", text):
            names[service] = worker[1]
            assert f"wireroom healthcheck {worker[1]}@$$(hostname)" in text
            assert 'restart: "no"' not in text
    assert names == {"clean": "clean", "extract": "extract", "dedupe": "dedupe", "fetch": "fetch"}
    shared = _COMPOSE.split("x-wireroom:")[1].split("\n\n")[0]
    assert "\n  restart: unless-stopped\n" in shared
