"""The database: one engine a process, and the transactions that everything else in the store runs in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from schemas.errors import ServiceError
from workers.settings import make_private, settings
from workers.store.sqlite_file import SqliteFile, take_turn

# Seconds a writer waits for the one before it: far longer than any transaction takes. Past them the one before hangs,
# and the attempt is not counted.
_LOCK_SECONDS = 30.0

# Of PostgreSQL's transactions that only read.
_REPEATABLE = {"isolation_level": "REPEATABLE READ"}

# Seconds to wait for PostgreSQL to answer at all; without it a dropped packet hangs a worker for minutes.
_CONNECT_SECONDS = 10

# Any fixed number: it names the lock that makes dedupe decide on one document at a time (PostgreSQL advisory lock).
_DECIDING = 0x57495245

# Seconds after which PostgreSQL ends a decision whose process hangs, because all others wait for it.
_FROZEN_SECONDS = 60
_DECIDE = text("SELECT pg_advisory_xact_lock(:lock), set_config('idle_in_transaction_session_timeout', :idle, true)")

# Likewise: two services that start at once must not both create the tables.
_MIGRATING = 0x4D494752


class Database:
    """The tables behind one URL: `reading` and `writing` give sessions, each one transaction.

    On SQLite a writing transaction takes the write lock when it begins (BEGIN IMMEDIATE), so that it waits for its
    turn rather than failing half-way (https://sqlite.org/lang_transaction.html). Without `create`, a SQLite file that
    is missing is not made.
    """

    def __init__(self, url: URL, *, create: bool = True) -> None:
        self.url = url
        self.on_sqlite = url.get_backend_name() == "sqlite"
        self.file = SqliteFile(Path(url.database or ""), create=create) if self.on_sqlite else None
        self.engine = _sqlite_engine(url, self.file) if self.file else _postgresql_engine(url)

    @property
    def shown(self) -> str:
        """The URL as it may be shown: without the password, wherever in it that stands."""
        return self.url.difference_update_query(["password"]).render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads, over one consistent state.

        It ends by a commit: at a rollback psycopg drops every prepared statement of the connection, and planning
        them again takes PostgreSQL longer than running them.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            if self.on_sqlite:
                _begin(session.connection())
            else:  # it would show each statement of a transaction what was committed before it
                session.connection(execution_options=_REPEATABLE)
            yield session

    @contextmanager
    def writing(
        self, *, durable: bool = False, deciding: bool = False, decide: Callable[[Session], None] | None = None
    ) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back where the block raises.

        Args:
            durable: the commit must survive a power cut. Accepting a document needs that; a lost stage is done again.
            deciding: one at a time over all workers, for decisions that depend on all other documents (dedupe).
            decide: such a decision, made first; on SQLite before the transaction, so that the writers of other stages
                need not wait for it.
        """
        deciding = deciding or decide is not None
        with ExitStack() as turn:
            if deciding and self.file:
                turn.enter_context(_as_of_engine())
                turn.enter_context(self.file.deciding(_LOCK_SECONDS))
                if decide:
                    with self.reading() as session:
                        decide(session)
            with self._written(durable) as session:
                if deciding and not self.on_sqlite:
                    session.execute(_DECIDE, {"lock": _DECIDING, "idle": f"{_FROZEN_SECONDS}s"})
                    if decide:
                        decide(session)
                yield session

    @contextmanager
    def _written(self, durable: bool) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            if self.on_sqlite:
                _begin(session.connection(), "FULL" if durable else "NORMAL")
            elif durable:
                session.execute(text("SET LOCAL synchronous_commit = on"))
            yield session

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A connection in a transaction that changes the tables: one at a time, committed at the end.

        SQLite alters a table by recreating it, and dropping the old one would delete what refers to it: so foreign
        keys are off meanwhile (https://alembic.sqlalchemy.org/en/latest/batch.html).
        """
        with self.engine.begin() as connection:
            if self.on_sqlite:
                _begin(connection, "FULL", foreign_keys="OFF")
            else:
                connection.execute(text("SET LOCAL synchronous_commit = on"))
                connection.execute(text("SET LOCAL lock_timeout = 0"))  # a migration takes as long as it takes
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATING})
            yield connection

    def check(self) -> None:
        """Raises ServiceError where the database cannot be reached, naming it without its password."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (OperationalError, DBAPIError) as error:
            cause = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
            if self.file is None:
                cause, advice = f"cannot be reached ({cause})", "check DATABASE_URL or --database, and the server"
            elif not self.file.path.parent.is_dir():
                cause, advice = f"there is no folder {self.file.path.parent}", "create it, or correct the path"
            else:
                cause, advice = f"cannot be opened ({cause})", "check the file, its permissions and the disk"
            raise ServiceError(self.shown, cause, advice) from error

    def require_file(self) -> None:
        """Raises ServiceError where the file of a SQLite database was deleted or replaced since it was opened."""
        if self.file is not None and self.file.is_lost():
            raise self.file.lost()

    def close(self) -> None:
        """Closes the connections of this process. Where they are the last, SQLite moves all that is in the write-ahead
        log (`-wal`) into the file itself.
        """
        self.engine.dispose()

    def forget(self) -> None:
        """Drops every connection without closing it: a forked child must not close its parent's."""
        self.engine.dispose(close=False)


def _sqlite_engine(url: URL, file: SqliteFile) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _LOCK_SECONDS})

    @event.listens_for(engine, "do_connect")
    def find_file(*_: object) -> None:
        file.open()

    @event.listens_for(engine, "checkout")
    def require_file(*_: object) -> None:
        file.require()

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute("PRAGMA journal_mode=WAL")

    return engine


def _begin(connection: Connection, synchronous: str | None = None, foreign_keys: str = "ON") -> None:
    """Begins a transaction of SQLite: one that writes, waiting for the disk so much, or else one that reads.

    Said here, and not by a listener to the engine's "begin": with one, SQLAlchemy looks for listeners to every
    statement, which takes longer than running it.
    """
    if synchronous is None:
        connection.exec_driver_sql("BEGIN")
        return
    # In WAL mode NORMAL may lose the last commits in a power cut (never the file), FULL none.
    # Neither can be changed inside a transaction, and most transactions need no change.
    pragmas = f"synchronous={synchronous}", f"foreign_keys={foreign_keys}"
    if connection.info.get("pragmas") != pragmas:
        for pragma in pragmas:
            connection.exec_driver_sql(f"PRAGMA {pragma}")
        connection.info["pragmas"] = pragmas
    driver = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute("PRAGMA busy_timeout=0")
    try:
        with _as_of_engine():
            take_turn(partial(_begun, driver), _LOCK_SECONDS, "writing")
    finally:
        driver.execute(f"PRAGMA busy_timeout={_LOCK_SECONDS * 1000:.0f}")


def _begun(driver: sqlite3.Connection) -> bool:
    """Whether a writing transaction has begun; not where another writes."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return False
        raise
    return True


@contextmanager
def _as_of_engine() -> Iterator[None]:
    """Errors of SQLite's own as those of the engine, which callers know."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OperationalError(None, None, error) from error


def _postgresql_engine(url: URL) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,  # they quote articles, and an error's words go to logs and to Flower
        pool_pre_ping=True,
        pool_size=2,
        isolation_level="READ COMMITTED",
        connect_args={
            "connect_timeout": _CONNECT_SECONDS,
            "application_name": "wireroom",
            # A host that vanished is noticed within a minute, at both ends of the connection.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            # Times are read in UTC: those of the year 1 have none in zones west of it. And no lock is waited for longer
            # than a writer of SQLite waits.
            # A stage's last commits may be lost with the server, as on SQLite: they are done again (PostgreSQL manual,
            # "Asynchronous Commit"). Writes that must survive it say so.
            "options": "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
            f" -c synchronous_commit=off -c timezone=UTC -c lock_timeout={int(1000 * _LOCK_SECONDS)}",
        },
    )


@lru_cache(maxsize=1)
def database() -> Database:
    """The database of the settings, opened once a process."""
    if not settings().database_url:
        with suppress(OSError):  # opening the file fails then too, and as an error of the database
            make_private(settings().data)
    return Database(settings().database, create=settings().create_database)
