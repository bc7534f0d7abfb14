"""Every setting, once: its name in the environment, default, unit and meaning.

`DATABASE_URL`, `REDIS_URL` and Celery's own `CELERY_BROKER_URL` keep their usual names; the others start
with `WIREROOM_`.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from schemas.errors import SettingError

# Seconds between the soft limit, which a stage can still report, and the hard one, which ends its process.
_HARD_AFTER_SOFT = 10


class Settings(BaseSettings):
    """The settings in force, from the environment."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True)

    database_url: str = Field(
        default="",
        validation_alias="DATABASE_URL",
        description="Database: `postgresql://…` or `sqlite:///path`. Empty: `wireroom.sqlite` in `WIREROOM_DATA`.",
    )
    redis_url: str = Field(
        default="",
        validation_alias="REDIS_URL",
        description="Broker: `redis://…` or `rediss://…`. Empty: an embedded Valkey server beside the database.",
    )
    celery_broker_url: str = Field(
        default="",
        validation_alias="CELERY_BROKER_URL",
        description="Celery's own name for the broker URL; takes precedence over `REDIS_URL`.",
    )
    data: Path = Field(
        default=Path(".wireroom"),
        validation_alias="WIREROOM_DATA",
        description="Data folder: the default SQLite file, the embedded broker's files, Flower's state.",
    )
    create_database: bool = Field(
        default=True,
        validation_alias="WIREROOM_CREATE_DATABASE",
        description="Whether a SQLite file that is missing is created. `run` and `up` turn it off for the services "
        "that they start, so that none of them puts an empty file in the place of a deleted one.",
    )
    processes: int = Field(
        default=0,
        ge=0,
        validation_alias="WIREROOM_PROCESSES",
        description="Worker processes that `run` and `up` start. 0: one per core.",
    )
    stage_seconds: int = Field(
        default=120,
        ge=1,
        validation_alias="WIREROOM_STAGE_SECONDS",
        description="Time limit of one stage on one document, in seconds. Past it the attempt is stopped and "
        "counted as failed.",
    )
    max_attempts: int = Field(
        default=3,
        ge=1,
        validation_alias="WIREROOM_MAX_ATTEMPTS",
        description="Attempts of one stage on one document (transient errors, timeouts, crashed workers) before "
        "the document is marked `failed`.",
    )
    queue_limit: int = Field(
        default=10_000,
        ge=1,
        validation_alias="WIREROOM_QUEUE_LIMIT",
        description="Messages waiting on one stage's queue above which producers pause.",
    )
    sweep_seconds: float = Field(
        default=30.0,
        gt=0,
        validation_alias="WIREROOM_SWEEP_SECONDS",
        description="Sweep interval in seconds: how often documents that are stuck are looked for and sent again.",
    )
    stale_seconds: float = Field(
        default=150.0,
        ge=0,
        validation_alias="WIREROOM_STALE_SECONDS",
        description="Seconds after its message was sent, or its attempt began, at which a waiting document counts"
        " as stuck. Keep it above `WIREROOM_STAGE_SECONDS`, or slow documents are processed "
        "twice.",
    )
    consume_seconds: float = Field(
        default=60.0,
        gt=0,
        validation_alias="WIREROOM_CONSUME_SECONDS",
        description="Seconds that a message may wait while a worker process is free. Past them the worker is "
        "considered stuck and exits, to be restarted.",
    )
    max_document_mb: int = Field(
        default=32,
        ge=1,
        validation_alias="WIREROOM_MAX_DOCUMENT_MB",
        description="Maximum size of one document, uncompressed, in megabytes.",
    )
    clean_rules: Path | None = Field(
        default=None,
        validation_alias="WIREROOM_CLEAN_RULES",
        description="A TOML file of your own cleaning rules, added to the built-in ones.",
    )
    # The defaults are those of `pipeline.dedupe`, which takes long to load; a test holds them equal.
    dedupe_window_days: int = Field(
        default=365,
        ge=1,
        validation_alias="WIREROOM_DEDUPE_WINDOW_DAYS",
        description="Days between two documents beyond which they are not compared.",
    )
    copy_containment: float = Field(
        default=0.6,
        gt=0,
        le=1,
        validation_alias="WIREROOM_COPY_CONTAINMENT",
        description="Share of the shorter text that must be contained in the longer for the two to be copies, 0 to 1.",
    )
    story_likeness: float = Field(
        default=0.23,
        gt=0,
        le=1,
        validation_alias="WIREROOM_STORY_LIKENESS",
        description="Similarity above which documents are grouped into one story, 0 to 1.",
    )
    fetch_contact: str = Field(
        default="",
        validation_alias="WIREROOM_FETCH_CONTACT",
        description="Web page or mail address given in the User-Agent header, for the servers that are polled.",
    )
    fetch_seconds: float = Field(
        default=30.0,
        gt=0,
        validation_alias="WIREROOM_FETCH_SECONDS",
        description="Time limit of one fetch in seconds, redirects included.",
    )
    fetch_mb: int = Field(
        default=10,
        ge=1,
        validation_alias="WIREROOM_FETCH_MB",
        description="Maximum size of one feed or page in megabytes, both compressed and uncompressed.",
    )
    fetch_networks: str = Field(
        default="",
        validation_alias="WIREROOM_FETCH_NETWORKS",
        description="Private networks that may be fetched from, such as `10.1.0.0/16`, separated by commas.",
    )
    fetch_host_seconds: float = Field(
        default=1.0,
        ge=0,
        validation_alias="WIREROOM_FETCH_HOST_SECONDS",
        description="Minimum seconds between two requests to one server. A longer `Crawl-delay` in its robots.txt"
        " takes precedence.",
    )
    fetch_threads: int = Field(
        default=16,
        ge=1,
        validation_alias="WIREROOM_FETCH_THREADS",
        description="Feeds and pages that `up` fetches concurrently.",
    )
    poll_seconds: float = Field(
        default=10.0,
        gt=0,
        validation_alias="WIREROOM_POLL_SECONDS",
        description="Seconds between two checks for feeds and pages that are due, and the longest that one server is "
        "visited before others have their turn.",
    )
    feed_shortest_seconds: float = Field(
        default=300.0,
        gt=0,
        validation_alias="WIREROOM_FEED_SHORTEST_SECONDS",
        description="Minimum polling interval of a feed, in seconds.",
    )
    feed_longest_seconds: float = Field(
        default=86400.0,
        gt=0,
        validation_alias="WIREROOM_FEED_LONGEST_SECONDS",
        description="Maximum polling interval of a feed, in seconds.",
    )
    feed_dead_days: float = Field(
        default=14.0,
        gt=0,
        validation_alias="WIREROOM_FEED_DEAD_DAYS",
        description="Days of nothing but errors after which a feed is marked `dead` and no longer polled.",
    )
    feed_entries: int = Field(
        default=1000,
        ge=1,
        le=10_000,  # the keys of more do not fit in one statement
        validation_alias="WIREROOM_FEED_ENTRIES",
        description="Maximum number of entries accepted from one poll of a feed, the latest ones.",
    )
    revisions_kept: int = Field(
        default=100,
        ge=1,
        validation_alias="WIREROOM_REVISIONS_KEPT",
        description="Earlier revisions of one document that are kept: the first, and the latest of the others.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO",
        validation_alias="WIREROOM_LOG_LEVEL",
        description="Minimum log level of the services that `run` and `up` start; with plain Celery, use `-l`.",
    )
    log_format: Literal["text", "json"] = Field(
        default="text",
        validation_alias="WIREROOM_LOG_FORMAT",
        description="Log format: `text`, or `json` (one object per line).",
    )
    flower_address: str = Field(
        default="127.0.0.1",
        validation_alias="WIREROOM_FLOWER_ADDRESS",
        description="Address that Flower listens on. Any but loopback requires `WIREROOM_FLOWER_AUTH`.",
    )
    flower_port: int = Field(
        default=5555,
        ge=1,
        le=65535,
        validation_alias="WIREROOM_FLOWER_PORT",
        description="Port that Flower listens on.",
    )
    flower_auth: str = Field(
        default="",
        validation_alias="WIREROOM_FLOWER_AUTH",
        description="`user:password` for Flower. Empty: no password on loopback; on other addresses Flower does "
        "not start.",
    )

    desk_address: str = Field(
        default="127.0.0.1",
        validation_alias="WIREROOM_DESK_ADDRESS",
        description="Address that the desk listens on. Any but loopback requires `WIREROOM_DESK_TOKEN`.",
    )
    desk_port: int = Field(
        default=8000,
        ge=1,
        le=65535,
        validation_alias="WIREROOM_DESK_PORT",
        description="Port that the desk listens on.",
    )
    desk_token: str = Field(
        default="",
        validation_alias="WIREROOM_DESK_TOKEN",
        description="Token of the desk, at least 16 characters: a bearer token for programs, typed once in a browser. "
        "Empty: none on loopback; on other addresses the desk does not start.",
    )
    desk_hosts: str = Field(
        default="",
        validation_alias="WIREROOM_DESK_HOSTS",
        description="Names by which the desk is reached beside its address, such as `desk.newsroom.example`, separated "
        "by commas. Requests for others are refused.",
    )
    desk_push_mb: int = Field(
        default=64,
        ge=1,
        validation_alias="WIREROOM_DESK_PUSH_MB",
        description="Maximum size of one pushed request in megabytes, as sent and unpacked.",
    )
    desk_requests: int = Field(
        default=1200,
        ge=1,
        validation_alias="WIREROOM_DESK_REQUESTS",
        description="Maximum requests a minute from one address.",
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
            SettingError: it is not a Redis URL.
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
        raise SettingError(name, "is not a Redis URL", "write redis://host:6379/0 or rediss://…")

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
        raise SettingError(str(first["loc"][0]), first["msg"], "see docs/settings.md") from error


def make_private(folder: Path) -> None:
    """Makes a folder, and what is missing above it, where it is not there: for its owner alone."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def make_services_folder() -> Path:
    """The folder where services keep their files, made where it is not there.

    Raises:
        OSError: it cannot be made; beside a SQLite file of another place it is not, where that has no folder.
    """
    folder = settings().services_folder
    if folder.parent == settings().data.absolute():
        make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def desk_address() -> str:
    """Where the desk is reached."""
    host = settings().desk_address
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings().desk_port}"


def child_environment() -> dict[str, str]:
    """The environment of a service that is started here: that of this process, with one thread for linear algebra, as
    there are as many processes as cores. The database is there already."""
    return {"OPENBLAS_NUM_THREADS": "1"} | dict(os.environ) | {"WIREROOM_CREATE_DATABASE": "false"}


def enter_child() -> None:
    """Makes the environment of this process, which was forked to be a service, that of a child."""
    os.environ.update(child_environment())
    settings.cache_clear()


def configure_flower(configuration: Path) -> None:
    """Names Flower its configuration, unless the environment names another: it would search the folder it is started
    in, and without one listen on every address and ask for no password.
    """
    os.environ.setdefault("FLOWER_CONF", str(configuration))


def override(database: str | None = None, redis: str | None = None) -> None:
    """Puts what the command line says in the environment, so that child processes use the same."""
    if database:
        os.environ["DATABASE_URL"] = database
    if redis:
        os.environ["REDIS_URL"] = redis
        os.environ.pop("CELERY_BROKER_URL", None)
    settings.cache_clear()
