"""A real browser, Debian's Chromium, before the real desk.

Where the browser is missing it is installed where that can be done, else the tests fail and say how: they are never
skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.workers.desk.serving import serving
from tests.workers.stored import disagreement
from workers.store.database import Database
from workers.store.settling import settle_all

# What is waited for comes in a second, or on a machine that is busy with other tests a good deal later.
expect.set_options(timeout=90_000)

_PATHS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def _chromium() -> str:
    """The browser's path; installed by apt-get where it is not there and we may.

    One test process installs at a time: apt-get waits for its lock.
    """
    found = next((path for name in _PATHS if (path := shutil.which(name))), None)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            command = ["apt-get", "-o", "DPkg::Lock::Timeout=600", *arguments]
            subprocess.run(command, check=False, capture_output=True, timeout=900)
        found = shutil.which("chromium")
    assert found, "these tests need Chromium: apt-get install chromium (as root), then run them again"
    return found


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is."""
    return _chromium()


@pytest.fixture
def browser(chromium_path: str) -> Iterator[Browser]:
    """The browser, started for one test."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium_path, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture
def sqlite_tables() -> Iterator[Database]:
    """Migrated tables on SQLite: what a browser sees does not depend on the database."""
    from workers.store.database import database
    from workers.store.migrate import migrate

    opened = database()
    migrate(opened)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def dispute(sqlite_tables: Database) -> list[str]:
    """Two reports that disagree in story "s", a copy of the first, and a document that failed."""
    ids = disagreement(sqlite_tables)
    settle_all(sqlite_tables)
    return ids


@pytest.fixture
def address(sqlite_tables: Database, broker: str) -> Iterator[str]:
    """The address of the desk."""
    with serving() as served:
        yield served


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A reader's browser, with an error for whatever a page says is wrong with it."""
    opened = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800})
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page; the test fails where it logs an error, as it does for what its policy forbids."""
    wrong: list[str] = []
    opened = context.new_page()
    refused = "status of 400"  # which a test may ask for
    opened.on(
        "console",
        lambda message: wrong.append(message.text) if message.type == "error" and refused not in message.text else None,
    )
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    assert wrong == []
