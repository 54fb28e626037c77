"""Where a source may live: public addresses, the two web ports, and what the operator exempts.

Judged is always the numeric address that a connection is really made to, so a name that resolves
differently the second time gains nothing.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

WEB_PORTS = frozenset({80, 443})
SCHEMES = frozenset({"http", "https"})

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_PUBLIC_V6 = IPv6Network("2000::/3")
"""The only block of IPv6 that is handed out; all else is local, mapped, translated or unassigned."""
_REFUSED_V6 = (
    IPv6Network("2001::/23"),  # Teredo, ORCHID and other protocol assignments
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("2002::/16"),  # 6to4 carries any IPv4 address
    IPv6Network("3fff::/20"),  # documentation
)
_REFUSED_V4 = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments, some of which Python counts as global
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
)
_ZONE = re.compile(r"%.*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Exemptions:
    """Hosts and networks where sources may live though they are private; any port goes there."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def hold(self, host: str, address: Address) -> bool:
        """Whether `host` by its name, or `address` by its network, is exempt."""
        return host in self.names or any(address in network for network in self.networks)


def read_exemptions(values: Iterable[str]) -> Exemptions:
    """Hosts, addresses and networks in any mixture; what is no address is a host name."""
    names: set[str] = set()
    networks: list[Network] = []
    for value in (v.strip().strip("[]").rstrip(".").casefold() for v in values):
        if not value:
            continue
        try:
            networks.append(ip_network(value, strict=False))
        except ValueError:
            names.add(value)
    return Exemptions(frozenset(names), tuple(networks))


def is_public(address: Address) -> bool:
    """False for all that is no host of the public internet, translated and mapped forms included."""
    if isinstance(address, IPv6Address):
        return address in _PUBLIC_V6 and not any(address in block for block in _REFUSED_V6)
    if address.is_multicast or any(address in block for block in _REFUSED_V4):
        return False
    return address.is_global


def literal(host: str) -> Address | None:
    """The address that `host` writes out, in any notation (`127.1`, `0x7f000001`), or None for a name."""
    bare = _ZONE.sub("", host.strip("[]").rstrip("."))
    try:
        return ip_address(bare)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(bare))
    except (OSError, ValueError):
        return None


def refusal(exemptions: Exemptions, host: str, address: str | Address, port: int) -> str | None:
    """Why no connection may be made to `address` at `port` for `host`, in words; None when it may."""
    found = literal(address) if isinstance(address, str) else address
    if found is None:
        return f"{host} has no address that can be checked"
    if exemptions.hold(host.rstrip(".").casefold(), found):
        return None
    if not is_public(found):
        return f"{host} is at {found}, which is not a public address"
    if port not in WEB_PORTS:
        return f"{host} is asked at port {port}; only 80 and 443 are allowed"
    return None
