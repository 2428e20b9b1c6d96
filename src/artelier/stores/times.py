"""Moments as they are stored: whole microseconds since 1970 in UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Return a moment as microseconds since 1970; it must know its time zone."""
    return (moment - _EPOCH) // _MICROSECOND


def optional_micros(moment: datetime | None) -> int | None:
    """Return a moment as microseconds, None as None."""
    return None if moment is None else micros(moment)


def seconds_after(now: int, seconds: float) -> int:
    """Return the time so many seconds after ``now``, both in microseconds."""
    return now + round(seconds * 1_000_000)


def moment(stored: int) -> datetime:
    """Return stored microseconds as a moment in UTC."""
    return _EPOCH + stored * _MICROSECOND


def optional_moment(stored: int | None) -> datetime | None:
    """Return stored microseconds as a moment, None as None."""
    return None if stored is None else moment(stored)
