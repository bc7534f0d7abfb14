"""How a command ends that could not do its work: a plain sentence, and the contract's exit code."""

from __future__ import annotations

import traceback

from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, OperationalError

from schemas.errors import CorrectionError, HookError, InputError, QueryError, ServiceError, SettingError, WireroomError
from workers.cli.options import Exit
from workers.logs import printable


def ending(error: Exception) -> tuple[str, Exit]:
    """What to say of an error, and the code to exit with; of a defect, its traceback."""
    if isinstance(error, WireroomError):
        return f"wireroom: {printable(str(error))}", _exit_code(error)
    if isinstance(error, RedisError | BrokerError):
        return f"wireroom: lost the connection to the broker ({error}); accepted documents are kept", Exit.NO_SERVICE
    if isinstance(error, DBAPIError):
        cause = str(error.orig).strip().splitlines()[0] if error.orig else "no answer"
        what = "was lost" if isinstance(error, OperationalError) else "refuses its service"
        return f"wireroom: the database {what} ({cause}); accepted documents are kept", Exit.NO_SERVICE
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        cause = f"{place}{error.strerror or error}"
        return f"wireroom: {cause}; check the disk and its permissions", Exit.NO_SERVICE
    return "".join(traceback.format_exception(error)).rstrip(), Exit.BUG


def _exit_code(error: WireroomError) -> Exit:
    if isinstance(error, ServiceError):
        return Exit.NO_SERVICE
    if isinstance(error, InputError | SettingError | CorrectionError | HookError | QueryError):
        return Exit.WRONG_USE
    return Exit.SOME_FAILED
