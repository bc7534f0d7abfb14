"""The program `wireroom`: its commands, and how an error becomes a plain sentence and an exit code."""

from __future__ import annotations

import signal
import sys
import traceback
from importlib.metadata import version
from types import FrameType
from typing import Annotated

import typer
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, OperationalError

from schemas.errors import InputError, ServiceError, SettingError, WireroomError
from workers.cli.export import export
from workers.cli.feeds import program as feeds
from workers.cli.healthcheck import healthcheck
from workers.cli.ingest import ingest
from workers.cli.options import Exit, use_what_streams_can_show
from workers.cli.retry import retry
from workers.cli.run import run
from workers.cli.status import status
from workers.cli.up import up
from workers.cli.watch import watch
from workers.logs import printable
from workers.store.database import database

program = typer.Typer(
    name="wireroom",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (run, ingest, up, status, healthcheck, export, retry, watch):
    program.command()(command)
program.add_typer(feeds)


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
    except WireroomError as error:
        print(f"wireroom: {printable(str(error))}", file=sys.stderr)
        sys.exit(_exit_code(error))
    except (RedisError, BrokerError) as error:
        print(f"wireroom: lost the connection to the broker ({error}); accepted documents are kept", file=sys.stderr)
        sys.exit(Exit.NO_SERVICE)
    except DBAPIError as error:
        cause = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
        what = "was lost" if isinstance(error, OperationalError) else "refuses its service"
        print(f"wireroom: the database {what} ({cause}); accepted documents are kept", file=sys.stderr)
        sys.exit(Exit.NO_SERVICE)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"wireroom: {place}{error.strerror or error}; check the disk and its permissions", file=sys.stderr)
        sys.exit(Exit.NO_SERVICE)
    except Exception:
        traceback.print_exc()
        sys.exit(Exit.BUG)
    except SystemExit as ended:
        if ended.code == Exit.INTERRUPTED:  # Typer's word for Ctrl-C
            print(
                "wireroom: stopped; accepted documents are kept, and the next run continues with them", file=sys.stderr
            )
        raise
    finally:
        if database.cache_info().currsize:
            database().close()


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _exit_code(error: WireroomError) -> Exit:
    if isinstance(error, ServiceError):
        return Exit.NO_SERVICE
    if isinstance(error, InputError | SettingError):
        return Exit.WRONG_USE
    return Exit.SOME_FAILED
