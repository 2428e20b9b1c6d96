"""The judge of every connection that leaves: a name is resolved once, and only what was judged is dialled."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable

from artelier.domain.errors import AddressRefused, FetchFailed, SettingsError
from artelier.network.addresses import Address, is_metadata, is_own, is_public, parsed, unwrapped

PORTS = frozenset({80, 443, 8080, 8443})
"""Ports of the public web that are dialled."""

Resolve = Callable[[str, int], Awaitable[list[str]]]
_ENTRY = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[^\[\]:/@\s]+)):(?P<port>\d{1,5})")
_HIGHEST_PORT = 65535


class AddressGuard:
    """Says which addresses may be dialled for a host and port.

    ``allowed`` are the operator's exact ``host:port`` entries, which may lie in private networks. ``setting`` is
    where they stand. ``resolve`` and ``owns`` are what asks the system; tests hand in their own.
    """

    def __init__(
        self,
        allowed: Iterable[str] = (),
        *,
        ports: frozenset[int] = PORTS,
        resolve: Resolve | None = None,
        owns: Callable[[Address], bool] = is_own,
        setting: str = "tools.web.allowed",
    ) -> None:
        self._allowed = frozenset(parse_entry(entry, setting) for entry in allowed)
        self._setting = setting
        self._ports = ports
        self._resolve = resolve or resolve_by_system
        self._owns = owns
        self._reserved: set[int] = set()

    def reserve(self, port: int) -> None:
        """Refuse this port of this machine from now on, whatever the operator's list says: our own server answers there."""
        self._reserved.add(port)

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Return the addresses to dial, each of them judged. Raises ``AddressRefused``, ``FetchFailed`` for an unknown name."""
        name = plain_host(host)
        listed = (name, port) in self._allowed
        if not listed and port not in self._ports:
            raise AddressRefused(
                f"Port {port} is not for the web: {', '.join(map(str, sorted(self._ports)))} are. {self._hint(name, port)}"
            )
        literal = parsed(name)
        found = [literal] if literal is not None else await self._resolved(name, port)
        for address in found:
            self._judge(name, port, address, listed=listed)
        return tuple(str(address) for address in found)

    async def _resolved(self, name: str, port: int) -> list[Address]:
        try:
            answers = await self._resolve(name, port)
        except (OSError, UnicodeError) as failure:
            raise FetchFailed(f"There is no address for '{name}' ({failure}). Check the name.") from failure
        found = [parsed(answer) for answer in answers]
        if not found or None in found:
            raise FetchFailed(f"There is no usable address for '{name}'. Check the name.")
        return [address for address in found if address is not None]

    def _judge(self, name: str, port: int, address: Address, *, listed: bool) -> None:
        """Raise ``AddressRefused`` unless this one answer is fine; a single bad answer refuses the name."""
        own = self._owns(address)
        if port in self._reserved and (own or unwrapped(address).is_loopback or unwrapped(address).is_unspecified):
            raise AddressRefused(f"{name}:{port} is this server itself, which its agents never reach.")
        if listed:
            if is_metadata(address) and str(address) != name:
                raise AddressRefused(f"'{name}' leads to {address}, where clouds keep their secrets. Correct its name record.")
            return
        if own or not is_public(address):
            hint = "" if is_metadata(address) else f" {self._hint(name, port)}"
            raise AddressRefused(f"'{name}' leads to {address}, which is not on the public Internet.{hint}")

    def _hint(self, name: str, port: int) -> str:
        host = f"[{name}]" if ":" in name else name
        return f"Only the operator can allow it, by adding “{host}:{port}” to {self._setting}."


def plain_host(host: str) -> str:
    """Return a host as it is compared: small letters, no brackets, no dot at its end, an address in its usual spelling."""
    name = host.strip("[]").rstrip(".").lower()
    return str(parsed(name) or name)


def parse_entry(entry: str, setting: str = "tools.web.allowed") -> tuple[str, int]:
    """Return host and port of an entry of the operator's list. Raises ``SettingsError``."""
    found = _ENTRY.fullmatch(entry.strip())
    if found is None or not 0 < int(found["port"]) <= _HIGHEST_PORT:
        raise SettingsError(f"'{entry}' is no host:port. Write each entry of {setting} like wiki.local:8080 or [fd00::5]:443.")
    return plain_host(found["six"] or found["host"]), int(found["port"])


async def resolve_by_system(host: str, port: int) -> list[str]:
    """Return what the system's resolver says, in its order, each address once."""
    answers = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))
