"""What can be set about what is kept, and may be lost."""

from typing import Literal

from pydantic import Field, SecretStr, field_validator

from artelier.settings.durations import Duration
from artelier.settings.section import Section


class ReplyCacheSettings(Section):
    """Replies of models that answer equal requests again."""

    when: Literal["temperature_0", "always", "off"] = "temperature_0"
    """Which requests: those of temperature 0, all of them, or none. One message can ask for it by its own ``ttl``."""
    ttl: Duration = 86400.0


class CacheSettings(Section):
    """The tiers: this process's memory, and behind it this machine's disk or a RESP server that instances share."""

    url: SecretStr = SecretStr("")
    """``redis://HOST:PORT/0`` of a Valkey, Redis or Pogocache server, ``rediss://`` for TLS; empty for the disk."""
    memory_bytes: int = Field(default=64 * 1024 * 1024, ge=0)
    eviction: Literal["lru", "lfu", "fifo", "random", "ttl"] = "lru"
    """What leaves the memory first: unused for longest, least often used, oldest, any, or what ends soonest."""
    disk_path: str = ""
    """The file; empty for one in the state folder."""
    disk_bytes: int = Field(default=1024 * 1024 * 1024, ge=0)
    replies: ReplyCacheSettings = ReplyCacheSettings()

    @field_validator("url")
    @classmethod
    def _speaks_resp(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("the url of a cache begins with redis://, rediss:// or unix://")
        return url
