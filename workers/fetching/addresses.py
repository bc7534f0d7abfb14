"""Which addresses may be connected to: those of the public internet, and networks that a setting allows.

A name is resolved once and the connection goes to the very address that was checked, so that an answer of DNS that
changes in between (rebinding) changes nothing.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from queue import Empty, Queue

from schemas.errors import FetchError, SettingError

Address = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

# From a host name and a port to the addresses it has; the tests put their own in its place.
Resolve = Callable[[str, int], list[str]]

# RFC 6052: IPv4 inside IPv6, which a gateway on the way would unwrap.
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))

# All that has been allocated of IPv6 for the public internet (IANA, "IPv6 Address Space"); what is outside it, such as
# the site-local addresses of old (fec0::/10) and segment identifiers (5f00::/16), is not, whatever Python's list says.
_GLOBAL_UNICAST = ip_network("2000::/3")

# Not public, whatever Python's own list says (its releases differ): the IETF's own blocks, where Oracle's cloud has its
# metadata, and addresses for documentation (IANA special-purpose registries); and, public by its number and yet the
# inside of a cloud, Azure's host agent
# (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16).
_INSIDE = tuple(
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "3fff::/20", "168.63.129.16/32"))
)


def networks(listed: str) -> tuple[IPNetwork, ...]:
    """The networks of a comma-separated list.

    Raises:
        SettingError: one of them is none.
    """
    try:
        return tuple(ip_network(each.strip(), strict=False) for each in listed.split(",") if each.strip())
    except ValueError as error:
        raise SettingError("WIREROOM_FETCH_NETWORKS", str(error), "write networks as 10.1.0.0/16, fd00::/8") from error


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, in the order in which the system would try them.

    Raises:
        OSError: it has none, or the name server does not answer.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def resolve_within(seconds: float, resolver: Resolve, host: str, port: int) -> list[str]:
    """What `resolver` gives, in this time: the system's own has a limit of its own, of half a minute and more.

    Raises:
        OSError: it has no address, or there was no answer in time.
    """
    given: Queue[list[str] | Exception] = Queue()

    def ask() -> None:
        try:
            given.put(resolver(host, port))
        except Exception as error:
            given.put(error)

    # A look-up cannot be broken off. One that nobody waits for any more ends by itself, in a thread that ends with it.
    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = given.get(timeout=max(0.0, seconds))
    except Empty:
        raise TimeoutError("no answer") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def permitted(address: str, allowed: tuple[IPNetwork, ...] = ()) -> bool:
    """Whether an address may be connected to: it, and every IPv4 address inside it, is public or allowed."""
    return all(_is_public(each) or any(each in network for network in allowed) for each in _meant(address))


def require_permitted(host: str, addresses: list[str], allowed: tuple[IPNetwork, ...]) -> list[str]:
    """Those of a host's addresses that may be connected to.

    Raises:
        FetchError: none may.
    """
    usable = [address for address in addresses if permitted(address, allowed)]
    if not usable:
        raise FetchError(
            host,
            f"is at {addresses[0]}, which is not a public address" if addresses else "has no address",
            "name its network in WIREROOM_FETCH_NETWORKS if that is meant" if addresses else None,
        )
    return usable


def _meant(address: str) -> list[Address]:
    try:
        given = ip_address(address)
    except ValueError:
        return [ip_address("0.0.0.0")]  # what cannot be understood is not connected to
    if isinstance(given, IPv4Address):
        return [given]
    inside: list[Address] = [each for each in (given.ipv4_mapped, given.sixtofour) if each is not None]
    inside += given.teredo or ()
    if any(given in network for network in _NAT64):
        inside.append(IPv4Address(int(given) & 0xFFFFFFFF))
    if given.ipv4_mapped is not None:
        return inside  # no IPv6 at all: the connection is made to the IPv4 address
    return [given, *inside]


def _is_public(address: Address) -> bool:
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and (address.version == 4 or address in _GLOBAL_UNICAST)
        and not any(address in network for network in _INSIDE)
    )
