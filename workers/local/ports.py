"""Ports of this machine: one that another program has is named before a service is started on it."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress

from schemas.errors import SettingError

# Ports after a taken one that are tried.
_NEAR = 20


def require_port(setting: str, address: str, port: int) -> None:
    """Nothing, where a service can listen on a port of an address.

    Raises:
        SettingError: it cannot, by the name of the setting that moves it, and with a port near it that is free.
    """
    try:
        _listen(address, port)
    except OSError as error:
        free = _free(address, range(port + 1, min(port + _NEAR, 65_536)))
        advice = f"set {setting}={free}" if free else f"set {setting} to another port"
        raise SettingError(setting, f"port {port} of {address} cannot be used ({error.strerror})", advice) from error


def _listen(address: str, port: int) -> None:
    """Listens there for a moment; OSError where that cannot be."""
    for family, kind, protocol, _, place in socket.getaddrinfo(address, port, type=socket.SOCK_STREAM):
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)


def _free(address: str, ports: Iterable[int]) -> int | None:
    for port in ports:
        with suppress(OSError):
            _listen(address, port)
            return port
    return None
