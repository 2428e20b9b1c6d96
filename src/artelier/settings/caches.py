"""What can be set about what is kept, and may be lost."""

from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from artelier.settings.durations import Duration
from artelier.settings.section import Section

OBJECTS = "s3://"
"""How the url of a bucket begins."""


class ReplyCacheSettings(Section):
    """Replies of models that answer equal requests again."""

    when: Literal["temperature_0", "always", "off"] = "temperature_0"
    """Which requests: those of temperature 0, all of them, or none. One message can ask for it by its own ``ttl``."""
    ttl: Duration = 86400.0


class SemanticCacheSettings(Section):
    """Answers to questions that mean the same as one that was answered, though they are worded otherwise."""

    mode: Literal["off", "shadow", "on"] = "off"
    """``shadow`` answers nothing and keeps score of what it would have done."""
    embedder: str = ""
    """What tells how alike questions are: ``provider/model`` of an embeddings endpoint, ``local``, or ``lexical``, which is for trials."""
    error_bound: float = Field(default=0.02, gt=0, lt=0.5)
    """Of all questions with a like one, at most this share may get a wrong answer."""
    floor: float = Field(default=0.95, ge=0.5, lt=1)
    """Questions less alike than this, as a cosine, are never taken for the same."""
    answers_alike: float = Field(default=0.9, ge=0.5, le=1)
    """Answers at least as alike as this say the same: so entries learn when they were right."""
    ttl: Duration = 86400.0
    entries: int = Field(default=1000, ge=1, le=20_000)
    """Of one partition: of one person, agent, model, prompt and set of tools."""
    partitions: int = Field(default=200, ge=1)
    """Held in memory at once; others are read again when they are asked for."""
    eviction: Literal["lru", "lfu", "fifo"] = "lru"
    index_url: SecretStr = SecretStr("")
    """``postgresql://USER@HOST/DATABASE`` with the extension pgvector, for vectors that instances share; empty for this memory."""

    @field_validator("index_url")
    @classmethod
    def _is_postgres(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("the index_url of like questions begins with postgresql://")
        return url

    @model_validator(mode="after")
    def _has_embedder(self) -> Self:
        if self.mode != "off" and self.embedder not in {"local", "lexical"} and not all(self.embedder.partition("/")):
            raise ValueError('cache.semantic needs an embedder: "provider/model" of an embeddings endpoint, "local" or "lexical"')
        return self


class CacheSettings(Section):
    """The tiers: this process's memory, and behind it this machine's disk, or what instances share: a RESP server, a bucket."""

    url: SecretStr = SecretStr("")
    """``redis://HOST:PORT/0`` of a Valkey, Redis or Pogocache server, ``rediss://`` for TLS; ``s3://BUCKET/PREFIX?endpoint=URL`` of an
    object store (extra ``objects``); empty for the disk."""
    memory_bytes: int = Field(default=64 * 1024 * 1024, ge=0)
    eviction: Literal["lru", "lfu", "fifo", "random", "ttl"] = "lru"
    """What leaves the memory first: unused for longest, least often used, oldest, any, or what ends soonest."""
    disk_path: str = ""
    """The file; empty for one in the state folder."""
    disk_bytes: int = Field(default=1024 * 1024 * 1024, ge=0)
    replies: ReplyCacheSettings = ReplyCacheSettings()
    semantic: SemanticCacheSettings = SemanticCacheSettings()

    @field_validator("url")
    @classmethod
    def _names_a_server(cls, url: SecretStr) -> SecretStr:
        if url.get_secret_value() and not url.get_secret_value().startswith(("redis://", "rediss://", "unix://", OBJECTS)):
            raise ValueError("the url of a cache begins with redis://, rediss://, unix:// or s3://")
        if url.get_secret_value().startswith(OBJECTS) and not url.get_secret_value().removeprefix(OBJECTS).strip("/"):
            raise ValueError("the url of a bucket names it: s3://BUCKET")
        return url
