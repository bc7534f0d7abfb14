"""Every setting, once: its name in the environment, default, unit and meaning.

`DATABASE_URL`, `REDIS_URL` and Celery's own `CELERY_BROKER_URL` keep the names that everybody knows; the others start
with `WIREROOM_`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import socket
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from pipeline.dedupe import Limits
from schemas.errors import SettingError

# Seconds between the soft limit, which a stage can still report, and the hard one, which ends its process.
_HARD_AFTER_SOFT = 10


class Settings(BaseSettings):
    """The settings in force, from the environment."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True)

    database_url: str = Field(
        default="",
        validation_alias="DATABASE_URL",
        description="Where the tables are: `postgresql://…` or `sqlite:///path`. "
        "Empty: `wireroom.sqlite` in `WIREROOM_DATA`.",
    )
    redis_url: str = Field(
        default="",
        validation_alias="REDIS_URL",
        description="The broker: `redis://…` or `rediss://…`. Empty: a Valkey server of our own beside the tables.",
    )
    celery_broker_url: str = Field(
        default="",
        validation_alias="CELERY_BROKER_URL",
        description="Celery's own name for the broker; wins over `REDIS_URL` where set.",
    )
    data: Path = Field(
        default=Path(".wireroom"),
        validation_alias="WIREROOM_DATA",
        description="Folder of what has no other place: the default SQLite file, the embedded broker, Flower's memory.",
    )
    processes: int = Field(
        default=0,
        ge=0,
        validation_alias="WIREROOM_PROCESSES",
        description="Worker processes that `run` and `up` start. 0: one a core.",
    )
    stage_seconds: int = Field(
        default=120,
        ge=1,
        validation_alias="WIREROOM_STAGE_SECONDS",
        description="Seconds one document may take in one stage before it is stopped and counted as a failed attempt.",
    )
    max_attempts: int = Field(
        default=3,
        ge=1,
        validation_alias="WIREROOM_MAX_ATTEMPTS",
        description="Attempts of one stage on one document (errors that may pass, time-outs, workers that died of it) "
        "before the document ends as `failed`.",
    )
    queue_limit: int = Field(
        default=10_000,
        ge=1,
        validation_alias="WIREROOM_QUEUE_LIMIT",
        description="Messages waiting on one stage's queue at which producers pause.",
    )
    sweep_seconds: float = Field(
        default=30.0,
        gt=0,
        validation_alias="WIREROOM_SWEEP_SECONDS",
        description="Seconds between two looks of the sweeper for documents that do not move.",
    )
    stale_seconds: float = Field(
        default=150.0,
        ge=0,
        validation_alias="WIREROOM_STALE_SECONDS",
        description="Seconds after its message was sent, or an attempt begun, at which a waiting document counts as "
        "not moving. Longer than `WIREROOM_STAGE_SECONDS`, or slow documents are done twice.",
    )
    consume_seconds: float = Field(
        default=60.0,
        gt=0,
        validation_alias="WIREROOM_CONSUME_SECONDS",
        description="Seconds that a message may wait while a worker has a process free for it; past them the worker "
        "takes itself for stuck and leaves, to be started anew.",
    )
    max_document_mb: int = Field(
        default=32,
        ge=1,
        validation_alias="WIREROOM_MAX_DOCUMENT_MB",
        description="Megabytes of one document, unpacked, above which it is not taken in.",
    )
    clean_rules: Path | None = Field(
        default=None,
        validation_alias="WIREROOM_CLEAN_RULES",
        description="A TOML file with a newsroom's own rules for lines to cut, added to the built-in ones.",
    )
    dedupe_window_days: int = Field(
        default=int(Limits().window_days),
        ge=1,
        validation_alias="WIREROOM_DEDUPE_WINDOW_DAYS",
        description="Days between two documents beyond which they are no longer compared.",
    )
    copy_containment: float = Field(
        default=Limits().copy,
        gt=0,
        le=1,
        validation_alias="WIREROOM_COPY_CONTAINMENT",
        description="Share of the shorter text that must stand in the longer for the two to be copies.",
    )
    story_likeness: float = Field(
        default=Limits().story,
        gt=0,
        le=1,
        validation_alias="WIREROOM_STORY_LIKENESS",
        description="Likeness above which documents are taken to tell one story, 0 to 1.",
    )
    fetch_contact: str = Field(
        default="",
        validation_alias="WIREROOM_FETCH_CONTACT",
        description="A page or a mail address in the User-Agent, by which servers can reach whoever polls them.",
    )
    fetch_seconds: float = Field(
        default=30.0,
        gt=0,
        validation_alias="WIREROOM_FETCH_SECONDS",
        description="Seconds one fetch may take in all, redirects and slow servers included.",
    )
    fetch_mb: int = Field(
        default=10,
        ge=1,
        validation_alias="WIREROOM_FETCH_MB",
        description="Megabytes of one feed or page, as sent and unpacked, above which it is not taken.",
    )
    fetch_networks: str = Field(
        default="",
        validation_alias="WIREROOM_FETCH_NETWORKS",
        description="Networks that are no public ones and may be fetched from all the same, such as `10.1.0.0/16`, "
        "separated by commas.",
    )
    fetch_host_seconds: float = Field(
        default=1.0,
        ge=0,
        validation_alias="WIREROOM_FETCH_HOST_SECONDS",
        description="Seconds between two requests to one server, which never gets two at once. "
        "A longer `Crawl-delay` in its robots.txt wins.",
    )
    fetch_threads: int = Field(
        default=16,
        ge=1,
        validation_alias="WIREROOM_FETCH_THREADS",
        description="Feeds and pages that `up` fetches at the same time.",
    )
    poll_seconds: float = Field(
        default=10.0,
        gt=0,
        validation_alias="WIREROOM_POLL_SECONDS",
        description="Seconds between two looks for feeds and pages that are due.",
    )
    feed_shortest_seconds: float = Field(
        default=300.0,
        gt=0,
        validation_alias="WIREROOM_FEED_SHORTEST_SECONDS",
        description="Seconds between two polls of a feed that changes all the time.",
    )
    feed_longest_seconds: float = Field(
        default=86400.0,
        gt=0,
        validation_alias="WIREROOM_FEED_LONGEST_SECONDS",
        description="Seconds between two polls of a feed that never changes, or gives errors.",
    )
    feed_dead_days: float = Field(
        default=14.0,
        gt=0,
        validation_alias="WIREROOM_FEED_DEAD_DAYS",
        description="Days of nothing but errors after which a feed counts as dead and is polled no more.",
    )
    feed_entries: int = Field(
        default=1000,
        ge=1,
        le=10_000,  # the keys of more do not fit in one statement
        validation_alias="WIREROOM_FEED_ENTRIES",
        description="Entries of one feed that a poll takes, the first ones.",
    )
    revisions_kept: int = Field(
        default=100,
        ge=1,
        validation_alias="WIREROOM_REVISIONS_KEPT",
        description="Earlier texts of one edited document that are kept: its first, and the latest of the others.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO",
        validation_alias="WIREROOM_LOG_LEVEL",
        description="The least grave messages that the services of `run` and `up` log; plain Celery has `-l`.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text", validation_alias="WIREROOM_LOG_FORMAT", description="One line an event, or one JSON object."
    )
    flower_address: str = Field(
        default="127.0.0.1",
        validation_alias="WIREROOM_FLOWER_ADDRESS",
        description="The address Flower listens on. Anything but loopback wants `WIREROOM_FLOWER_AUTH`.",
    )
    flower_port: int = Field(
        default=5555, ge=1, le=65535, validation_alias="WIREROOM_FLOWER_PORT", description="The port of Flower."
    )
    flower_auth: str = Field(
        default="",
        validation_alias="WIREROOM_FLOWER_AUTH",
        description="`user:password` that Flower asks for. Empty: none on loopback; elsewhere Flower does not start.",
    )

    desk_address: str = Field(
        default="127.0.0.1",
        validation_alias="WIREROOM_DESK_ADDRESS",
        description="The address the desk listens on. Anything but loopback wants `WIREROOM_DESK_TOKEN`.",
    )
    desk_port: int = Field(
        default=8000, ge=1, le=65535, validation_alias="WIREROOM_DESK_PORT", description="The port of the desk."
    )
    desk_token: str = Field(
        default="",
        validation_alias="WIREROOM_DESK_TOKEN",
        description="What the desk asks for, at least 16 characters: a bearer token of programs, typed once in a "
        "browser. Empty: nothing on loopback; elsewhere the desk does not start.",
    )
    desk_hosts: str = Field(
        default="",
        validation_alias="WIREROOM_DESK_HOSTS",
        description="Names by which the desk is reached beside its address, such as `desk.newsroom.example`, separated "
        "by commas. Requests for any other are refused.",
    )
    desk_push_mb: int = Field(
        default=64,
        ge=1,
        validation_alias="WIREROOM_DESK_PUSH_MB",
        description="Megabytes of one pushed request, as sent and unpacked, above which it is not taken.",
    )
    desk_requests: int = Field(
        default=1200,
        ge=1,
        validation_alias="WIREROOM_DESK_REQUESTS",
        description="Requests a minute that one address may make of the desk.",
    )

    @property
    def hard_stage_seconds(self) -> int:
        """Seconds after which the process of a stage that could not be stopped is ended."""
        return self.stage_seconds + _HARD_AFTER_SOFT

    @property
    def database(self) -> URL:
        """Where the tables are, with the driver that we ship.

        Raises:
            SettingError: `DATABASE_URL` is no URL, or of a database other than PostgreSQL and SQLite.
        """
        if not self.database_url:
            return make_url(f"sqlite:///{self.data.absolute() / 'wireroom.sqlite'}")
        try:
            url = make_url(self.database_url)
        except ArgumentError as error:
            raise SettingError(
                "DATABASE_URL", "is not a database URL", "write postgresql://… or sqlite:///…"
            ) from error
        if url.drivername in ("postgresql", "postgres"):
            return url.set(drivername="postgresql+psycopg")
        if url.drivername == "postgresql+psycopg":
            return url
        if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
            return url.set(database=str(Path(url.database).absolute()))
        raise SettingError(
            "DATABASE_URL", f"cannot use {url.drivername} here", "write postgresql://… or sqlite:///path/of/a/file"
        )

    @property
    def broker_url(self) -> str:
        """The broker that is configured, or "" where the embedded one is meant.

        Raises:
            SettingError: it is no URL of a Redis.
        """
        url = self.celery_broker_url or self.redis_url
        try:
            parts = urlsplit(url)
            usable = not url or (parts.scheme in ("redis", "rediss") and parts.port != 0)
        except ValueError:  # a port that is no number, or past the last
            usable = False
        if usable:
            return url
        name = "CELERY_BROKER_URL" if self.celery_broker_url else "REDIS_URL"
        raise SettingError(name, "is not the URL of a Redis", "write redis://host:6379/0 or rediss://…")

    @property
    def services_folder(self) -> Path:
        """Where the embedded broker and Flower keep their files: beside the tables they belong to."""
        url = self.database
        if url.get_backend_name() == "sqlite" and url.database:
            return Path(url.database).with_suffix(".services")
        place = hashlib.blake2b(url.set(password=None).render_as_string().encode(), digest_size=4).hexdigest()
        return self.data.absolute() / f"postgresql-{place}.services"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings in force, read once.

    Raises:
        SettingError: a value in the environment cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingError(str(first["loc"][0]), first["msg"], "see the settings table in the README") from error


def is_taken(address: str, port: int) -> bool:
    """Whether another program listens there already."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((address, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def desk_address() -> str:
    """Where the desk is reached."""
    host = settings().desk_address
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings().desk_port}"


def child_environment() -> dict[str, str]:
    """The environment of a service that is started here: ours, and one thread for linear algebra in each process, for
    there are as many processes as cores.
    """
    return {"OPENBLAS_NUM_THREADS": "1"} | dict(os.environ)


def configure_flower(configuration: Path) -> None:
    """Names Flower its configuration, unless the environment names another: it would look in the folder it is started
    in, and without one listen on every address and ask for no password.
    """
    os.environ.setdefault("FLOWER_CONF", str(configuration))


def override(database: str | None = None, redis: str | None = None) -> None:
    """Puts what the command line says in the environment, so that child processes are told the same."""
    if database:
        os.environ["DATABASE_URL"] = database
    if redis:
        os.environ["REDIS_URL"] = redis
        os.environ.pop("CELERY_BROKER_URL", None)
    settings.cache_clear()
