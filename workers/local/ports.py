"""Ports of this machine: one that another program has is named before a service is started on it."""

from __future__ import annotations

import socket

from schemas.errors import SettingError


def require_port(setting: str, address: str, port: int) -> None:
    """Nothing, where a service can listen on a port of an address.

    Raises:
        SettingError: it cannot, by the name of the setting that moves it.
    """
    try:
        for family, kind, protocol, _, place in socket.getaddrinfo(address, port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(place)
    except OSError as error:
        raise SettingError(
            setting, f"port {port} of {address} cannot be used ({error.strerror})", "set another port"
        ) from error
