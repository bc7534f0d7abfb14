"""The list of commands, which is printed without loading them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from workers.cli.commands import COMMANDS
from workers.cli.main import program

_ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_with_the_beginning_of_its_own_help(name: str) -> None:
    main: Any = typer.main.get_command(program)
    command = main.commands[name]
    assert command.name == name
    assert " ".join(command.help.split()).startswith(COMMANDS[name])


def test_the_list_of_commands_needs_neither_tables_nor_queue() -> None:
    listing = (
        "import sys, workers.cli.main as main\n"
        "sys.argv = ['wireroom', '--help']\n"
        "try:\n    main.main()\n"
        "finally:\n    print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", listing], cwd=_ROOT, capture_output=True, text=True, check=True)
    assert all(name in done.stdout for name in COMMANDS)
    assert not {"sqlalchemy", "celery", "kombu", "redis", "pydantic"} & set(done.stderr.split())


def test_a_command_that_is_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        program(["exprot"], prog_name="wireroom")
    assert ended.value.code == 2
    assert "exprot" in capsys.readouterr().err
