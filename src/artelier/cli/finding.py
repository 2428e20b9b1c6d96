"""What a look at the machine found."""

from msgspec import Struct


class Finding(Struct, frozen=True):
    """One thing looked at; ``state`` is ok, missing or broken."""

    name: str
    state: str
    detail: str
