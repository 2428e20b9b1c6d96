"""Lengths of time as people write them."""

import re
from typing import Annotated

from pydantic import AfterValidator

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _duration(value: str | float) -> float:
    """Return seconds from a number or from a text such as ``24h``."""
    if isinstance(value, int | float):
        return float(value)
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*", value)
    if found is None:
        raise ValueError('a duration is a number of seconds, or a text such as "90s", "15m", "24h", "7d"')
    return float(found[1]) * _UNITS[found[2] or "s"]


Duration = Annotated[float | str, AfterValidator(_duration)]
