"""Which addresses may be fetched: one parser of URLs, and a rule of our own for IP addresses. Pure Python.

`ipaddress.is_private` and `is_global` both pass addresses that lead inside (carrier NAT, NAT64, 6to4, multicast, cloud
helpers), so the ranges stand here.
"""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

import idna

PORTS: Final = {"http": 80, "https": 443}
MAX_CHARACTERS: Final = 2000
HOST: Final = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")
# A last label of this form makes some resolvers read the whole name as a number.
NUMERIC: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")
UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\\u0080-\u00a0\u2000-\u200f\u2028-\u202f\ud800-\udfff\ufeff]")

REFUSED_V4: Final = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT, and a cloud's metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud's helper, of public look
        "169.254.0.0/16",  # link-local, and the metadata of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
# Of IPv6 only what is handed out to the public, less what is not.
PUBLIC_V6: Final = ipaddress.IPv6Network("2000::/3")
REFUSED_V6: Final = [
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(ValueError):
    """An address that is not fetched; the text says why, for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Address:
    """A web address taken apart once. `host` is lower-case ASCII without brackets, `target` path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def netloc(self) -> str:
        """Host and port as the Host header names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The address as it is asked for."""
        return f"{self.scheme}://{self.netloc}{self.target}"

    def is_among(self, allowed: Collection[str]) -> bool:
        """Whether the owner allows this `host:port` although it may lie inside."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" in allowed


def read_address(url: str, allowed: Collection[str] = ()) -> Address:
    """Take a web address apart, or raise AddressRefused with the reason.

    `allowed` holds the owner's exceptions as `host:port`: they may have any port and be an IP address.
    """
    if not url or len(url) > MAX_CHARACTERS:
        raise AddressRefused("The address is empty." if not url else f"It is longer than {MAX_CHARACTERS} characters.")
    if UNSAFE.search(url):
        raise AddressRefused("The address holds a space, a backslash or an invisible character.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("It is not a web address.") from error
    if parts.scheme not in PORTS:
        raise AddressRefused("Only addresses that begin with http:// or https:// are fetched.")
    if "@" in parts.netloc:
        raise AddressRefused("The address holds a user name or a password; such addresses are not fetched.")
    host = (parts.hostname or "").rstrip(".")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]{}|^`")
    address = Address(parts.scheme, host, PORTS[parts.scheme] if port is None else port, target)
    # A letter beyond ASCII takes six characters or more in the form that is asked for and stored.
    if len(address.url) > MAX_CHARACTERS:
        raise AddressRefused(f"Written out in ASCII it is longer than {MAX_CHARACTERS} characters.")
    if address.is_among(allowed):
        return address
    if address.port not in PORTS.values():
        raise AddressRefused(f"Port {address.port} is not fetched, only the web's ports 80 and 443.")
    return Address(address.scheme, _read_host(host), address.port, target)


def _read_host(host: str) -> str:
    if not host:
        raise AddressRefused("The address names no site.")
    if ":" in host or host.startswith("["):
        raise AddressRefused("An IP address is not fetched, only sites with a name.")
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii").lower()
    except idna.IDNAError as error:
        raise AddressRefused(f"“{host[:100]}” is not the name of a site.") from error
    if NUMERIC.match(name.rpartition(".")[2]):
        raise AddressRefused("An IP address is not fetched, only sites with a name.")
    if not HOST.match(name):
        raise AddressRefused(f"“{host[:100]}” is not the name of a public site.")
    return name


def is_public(ip: str) -> bool:
    """Whether an IP address belongs to the public internet; False for everything that is reserved or leads inside."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in REFUSED_V4)
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return is_public(str(address.ipv4_mapped))
    if address in NAT64:
        return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    # 6to4 (2002::/16) and Teredo (2001::/32) carry IPv4 addresses too; no site lives there, so both are refused.
    return address in PUBLIC_V6 and not any(address in network for network in REFUSED_V6)
