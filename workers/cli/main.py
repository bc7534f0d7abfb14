"""The program `wireroom`: its commands, and how an error becomes a plain sentence and an exit code."""

from __future__ import annotations

import signal
import sys
from importlib.metadata import version
from types import FrameType
from typing import Annotated

import typer

from workers.cli.commands import Commands
from workers.cli.options import Exit, close_database, use_what_streams_can_show

program = typer.Typer(
    name="wireroom",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"wireroom {version('wireroom')}")
        raise typer.Exit


@program.callback()
def about(
    show_version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """News in; who claims how many, who relayed it, and where the claims disagree, out."""


def main() -> None:
    """Runs the command that the arguments name; ends the process with the contract's exit code."""
    # What supervisors and closed terminals send ends a command as Ctrl-C does: with what it started.
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        signal.signal(signal.SIGHUP, _interrupt)
    use_what_streams_can_show()
    try:
        program(prog_name="wireroom", standalone_mode=True)
    except Exception as error:
        from workers.cli.endings import ending  # with the libraries whose errors it knows

        said, code = ending(error)
        print(said, file=sys.stderr)
        sys.exit(code)
    except SystemExit as ended:
        if ended.code == Exit.INTERRUPTED:  # Typer's word for Ctrl-C
            print(
                "wireroom: stopped; accepted documents are kept, and the next run continues with them", file=sys.stderr
            )
        raise
    finally:
        close_database()


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
