"""Durations and decimals as a person reads them."""

import math

from artelier.cli.words import language, tr

_MILLISECOND, _SECOND, _MINUTES = 0.00095, 1.0, 120.0
_CENT, _LEAST = 0.01, 0.0001


def seconds(value: float) -> str:
    """Return a duration: ``0.2 ms``, ``4 ms``, ``2.4 s``, ``3 min``."""
    if 0 < value < _MILLISECOND:
        return tr("{number} ms", number=decimal(value * 1000))
    if value < _SECOND:
        return tr("{number} ms", number=f"{value * 1000:.0f}")
    if value < _MINUTES:
        return tr("{number} s", number=decimal(value))
    return tr("{number} min", number=f"{value / 60:.0f}")


def decimal(value: float, digits: int = 1) -> str:
    """Return a number with so many digits after the mark of the person's language."""
    return f"{value:.{digits}f}".replace(".", "," if language() == "ru" else ".")


def dollars(amount: float) -> str:
    """Return an amount of US dollars: to the cent, and below that to two digits that say something."""
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    if size and size < _LEAST:
        sign, size = f"{sign}<", _LEAST
    # Two digits that say something: 0.0034, never 3.4e-03.
    said = f"{size:,.2f}" if size >= _CENT else f"{size:.{_digits(size)}f}".rstrip("0") if size else "0"
    return f"{sign}{_grouped(said)}\u00a0$" if language() == "ru" else f"{sign}${said}"


def _digits(size: float) -> int:
    return 1 - math.floor(math.log10(size))


def _grouped(said: str) -> str:
    return said.replace(",", "\u00a0").replace(".", ",")


def percent(share: float, digits: int = 0) -> str:
    """Return a share as ``94%``, in Russian with a space that does not break."""
    return decimal(100 * share, digits) + ("\u00a0%" if language() == "ru" else "%")


def amount_in(amount: float, currency: str) -> str:
    """Return an amount of another currency, as ``12.30 RUB``."""
    said = f"{amount:,.2f}"
    return f"{_grouped(said)}\u00a0{currency}" if language() == "ru" else f"{said} {currency}"
