"""Durations and decimals as a person reads them."""

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
    if not amount:
        return "$0"
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    if size >= _CENT:
        return f"{sign}${size:.2f}".replace(".", "," if language() == "ru" else ".")
    return f"{sign}${size:.2g}" if size >= _LEAST else f"{sign}<$0.0001"


def amount_in(amount: float, currency: str) -> str:
    """Return an amount of another currency, as ``12.30 RUB``."""
    return f"{amount:.2f} {currency}".replace(".", "," if language() == "ru" else ".")
