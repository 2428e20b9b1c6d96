"""Which addresses are public.

The lists are our own, on top of ``ipaddress``: its tables have been wrong before (CVE-2024-4032), and they know nothing of
the addresses at which clouds serve their metadata. Sources: the IANA special-purpose registries of IPv4 and IPv6,
RFC 6052 (NAT64), RFC 3056 (6to4), and the metadata services of AWS, Azure, Google, Alibaba and Oracle.
"""

import errno
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

_PRIVATE_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by carriers; Alibaba's metadata at 100.100.100.200
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's host, a public address in name only
            "169.254.0.0/16",  # link-local; metadata of most clouds
            "172.16.0.0/12",
            "192.0.0.0/24",  # protocol assignments; Oracle's metadata at 192.0.0.192
            "192.0.2.0/24",
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
"""What is given out on the Internet; everything else is refused unseen."""
_PRIVATE_6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments; Teredo, which carries an IPv4 address
            "2001:db8::/32",
            "2002::/16",  # 6to4, which carries an IPv4 address
            "3fff::/20",
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")

_NEVER = tuple(
    map(
        IPv4Network,
        ("0.0.0.0/8", "100.100.100.200/32", "168.63.129.16/32", "169.254.0.0/16", "192.0.0.192/32", "224.0.0.0/4", "240.0.0.0/4"),
    )
)
_NEVER_6 = tuple(
    map(
        IPv6Network,
        ("::/128", "fe80::/10", "ff00::/8", "fd00:ec2::/32", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128", "fd00:42::42/128"),
    )
)


def parsed(text: str) -> Address | None:
    """Return the address a text spells in the usual way, None for a name."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Return whether an address belongs to the public Internet, the IPv4 address that it carries included."""
    plain = unwrapped(address)
    if isinstance(plain, IPv4Address):
        return not any(plain in network for network in _PRIVATE_4) and plain.is_global
    if getattr(plain, "scope_id", None):
        return False
    return plain in _PUBLIC_6 and not any(plain in network for network in _PRIVATE_6) and plain.is_global


def is_metadata(address: Address) -> bool:
    """Return whether not even a name on the operator's list may lead there: metadata, link-local, multicast, nowhere."""
    plain = unwrapped(address)
    if isinstance(plain, IPv4Address):
        return any(plain in network for network in _NEVER)
    return any(plain in network for network in _NEVER_6)


def unwrapped(address: Address) -> Address:
    """Return the IPv4 address inside a mapped or NAT64 one, which is where a packet would go."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_own(address: Address) -> bool:
    """Return whether this machine itself has the address: only such a one can be bound."""
    plain = unwrapped(address)
    family = socket.AF_INET if isinstance(plain, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(plain), 0))
    except OSError as failure:
        return failure.errno not in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EINVAL}
    return True
