"""May this address, or this URL, be contacted? Asked before a fetch, at each redirect and on every connect."""

import re
import unicodedata
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from shared.errors import AddressRefused, InvalidInput

# Where web servers of publishers listen; any other port is more likely a database or an administrator's door.
_PORTS = frozenset({80, 443, 8080, 8443})
_SCHEME_PORTS = {"http": 80, "https": 443}
# Special ranges by the registries of IANA, each in words. `is_global` of Python 3.11 knows most of them, but calls
# multicast, 192.0.0.0/24, 192.88.99.0/24, fec0::/10, 5f00::/16 and 3fff::/20 global.
_SPECIAL_4 = tuple(
    (IPv4Network(network), words)
    for network, words in (
        ("0.0.0.0/8", "this network itself"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared behind a carrier"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "kept for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "a relay of 6to4"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("255.255.255.255/32", "broadcast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_SPECIAL_6 = tuple(
    (IPv6Network(network), words)
    for network, words in (
        ("::/128", "unspecified"),
        ("100::/64", "where packets are discarded"),
        ("2001:db8::/32", "for documentation"),
        ("3fff::/20", "for documentation"),
        ("5f00::/16", "for segment routing"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_REMEDY = {"loopback": "; set NEWSWEIR_ALLOW_LOOPBACK=true to visit sites on this machine"}

_COMPATIBLE = IPv6Network("::/96")
_MAPPED = IPv6Network("::ffff:0:0/96")
_TRANSLATED = IPv6Network("64:ff9b::/96")
_TRANSLATED_LOCALLY = IPv6Network("64:ff9b:1::/48")
_6TO4 = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
_INSIDE = " inside IPv6"
_DOTS = dict.fromkeys(map(ord, "\u3002\uff0e\uff61"), ".")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def check(address: str, *, allow_loopback: bool, remedy: str = "") -> None:
    """Return when a connection to the IP address may be opened.

    Args:
        allow_loopback: permits 127.0.0.0/8 and ::1, for sites on this machine.
        remedy: what an operator can do who means this address, where it is not the setting for sites on this machine.

    Raises:
        AddressRefused: not an address of the public internet, or one that leads to such an address.
    """
    try:
        # A zone names an interface; the address behind it decides.
        parsed = ip_address(address.partition("%")[0])
    except ValueError as error:
        raise AddressRefused(f"not an IP address: {address[:80]!r}") from error
    if reason := _objection(parsed, allow_loopback):
        said = f"; {remedy}" if remedy else _REMEDY.get(reason.removesuffix(_INSIDE), "")
        raise AddressRefused(f"address {address} is {reason}, which may not be contacted{said}")


def check_url(url: str, *, allow_loopback: bool, remedy: str = "") -> None:
    """Return when scheme, port and form of the URL permit a request; the address is checked on connect.

    Ports 80, 443, 8080 and 8443; with `allow_loopback` any, since sites on this machine choose theirs.

    Args:
        remedy: what an operator can do who means this port.

    Raises:
        AddressRefused: another scheme than http and https, user information, another port, or an IPv4 address that is
            not spelled as four decimal numbers.
        InvalidInput: not a URL with a host.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidInput(f"not a URL: {url[:80]!r} ({error})") from error
    if parts.scheme not in ("http", "https"):
        raise AddressRefused(f"only http and https may be contacted: {url[:80]!r}")
    if not parts.hostname:
        raise InvalidInput(f"URL without a host: {url[:80]!r}")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(f"URL with user information: host {parts.hostname!r}")
    if _is_odd_ipv4(parts.hostname):
        raise AddressRefused(f"host {parts.hostname[:80]!r} is an unusual spelling of an IPv4 address")
    if port is not None and port not in _PORTS and not allow_loopback:
        said = f"; {remedy}" if remedy else ""
        raise AddressRefused(f"port {port} of {parts.hostname!r} is not one that web sites are served on{said}")


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of a URL; None for what is no http(s) URL, or has user information in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _SCHEME_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or _SCHEME_PORTS[parts.scheme]


def is_loopback(url: str) -> bool:
    """Whether the URL names this machine, by its reserved name or by address; asks no resolver."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_odd_ipv4(host: str) -> bool:
    """Whether a host is a number to some resolver, by the rule of browsers (WHATWG URL, "ends in a number").

    Short, decimal, octal and hexadecimal forms, digits and dots of other scripts, and a dot at the end.
    """
    plain = unicodedata.normalize("NFKC", host.translate(_DOTS)).lower()
    if ":" in host or not _NUMBER.fullmatch(plain.rstrip(".").rpartition(".")[2]):
        return False
    try:
        return str(IPv4Address(host)) != host
    except ValueError:
        return True


def _objection(address: IPv4Address | IPv6Address, allow_loopback: bool) -> str | None:
    if address.is_loopback:
        return None if allow_loopback else "loopback"
    if isinstance(address, IPv4Address):
        return _objection_4(address)
    if address in _TRANSLATED_LOCALLY and address not in IPv6Network("64:ff9b:1::/96"):
        # The other places that RFC 6052 allows for the IPv4 address cannot be told apart.
        return "translated to IPv4 in a way of its network's own"
    embedded = tuple(_embedded(address))
    if not embedded:
        return _objection_6(address)
    objections = (_objection(inner, allow_loopback) for inner in embedded)
    return next((f"{reason}{_INSIDE}" for reason in objections if reason), None)


def _objection_4(address: IPv4Address) -> str | None:
    known = next((words for network, words in _SPECIAL_4 if address in network), None)
    return known or (None if address.is_global else "not public")


def _objection_6(address: IPv6Address) -> str | None:
    known = next((words for network, words in _SPECIAL_6 if address in network), None)
    if known or (address.is_global and not address.is_reserved):
        return known
    return "reserved" if address.is_reserved else "not public"


def _embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that packets to an IPv6 address may end at."""
    number = int(address)
    if any(address in network for network in (_COMPATIBLE, _MAPPED, _TRANSLATED, _TRANSLATED_LOCALLY)):
        yield _last_32_bits(number)
    elif address in _6TO4:
        yield _last_32_bits(number >> 80)
    elif address in _TEREDO:
        # The relay that is asked, and the client behind it, whose bits are inverted.
        yield _last_32_bits(number >> 64)
        yield _last_32_bits(~number)


def _last_32_bits(number: int) -> IPv4Address:
    return IPv4Address(number & 0xFFFF_FFFF)
