"""Makes all keys of a kind worthless at once: a random token that stands in them, shared by all instances."""

import secrets
from time import monotonic
from typing import NamedTuple

from artelier.domain.errors import CacheUnavailable
from artelier.ports.cache import SharedCache

LOOK = 0.25
"""Seconds for which a token is believed without asking; another instance's renewal is seen after at most that."""
_RENEWALS = 3
"""A token that another instance made in between is renewed as well."""
_KEPT_SECONDS = 400 * 24 * 3600.0


class _Seen(NamedTuple):
    token: str
    at: float


class Generations:
    """Tokens by namespace. A token that the shared cache has lost is made anew, at random: numbers would come again."""

    def __init__(self, cache: SharedCache, look: float = LOOK) -> None:
        self._cache = cache
        self._look = look
        self._seen: dict[str, _Seen] = {}

    async def of(self, namespace: str) -> str:
        """Return the token that keys of this namespace begin with."""
        seen = self._seen.get(namespace)
        if seen is not None and monotonic() - seen.at < self._look:
            return seen.token
        token = await self._shared(namespace) or (seen.token if seen is not None else secrets.token_hex(8))
        self._seen[namespace] = _Seen(token, monotonic())
        return token

    async def renew(self, namespace: str) -> None:
        """Let everything of this namespace be forgotten, here at once and elsewhere within moments. Raises ``CacheUnavailable``."""
        for _ in range(_RENEWALS):
            token = secrets.token_hex(8)
            await self._cache.drop(_key(namespace))
            if await self._cache.add(_key(namespace), token.encode(), _KEPT_SECONDS):  # unlike put it tells whether it is kept
                self._seen[namespace] = _Seen(token, monotonic())
                return
        raise CacheUnavailable("The cache does not answer. Nothing is forgotten: try again once it does.")

    async def _shared(self, namespace: str) -> str:
        """Return the token all agree on, empty where nobody can tell."""
        for _ in range(2):
            found = await self._cache.get(_key(namespace))
            if found is not None:
                return found.decode("ascii", "replace")
            token = secrets.token_hex(8)
            if await self._cache.add(_key(namespace), token.encode(), _KEPT_SECONDS):
                return token
        return ""


def _key(namespace: str) -> str:
    return f"generation:{namespace}"
