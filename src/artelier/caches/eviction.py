"""What leaves a full partition of an index first."""

from typing import Literal

IndexEviction = Literal["lru", "lfu", "fifo"]
"""Unused for longest, least often used, oldest."""
