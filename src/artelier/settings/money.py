"""What can be set of prices and currencies."""

from typing import Self

from pydantic import Field, model_validator

from artelier.settings.section import Section


class PriceSettings(Section):
    """What a million tokens of one model cost, in ``currency``."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached: float | None = Field(default=None, ge=0)
    """Input that the provider had stored; left out: as any input."""
    cache_write: float | None = Field(default=None, ge=0)
    """Input that it stores; left out: as any input."""
    cache_write_hour: float | None = Field(default=None, ge=0)
    """Input that it stores for an hour; left out: as what it stores."""
    currency: str = "USD"
    """``USD``, or the second currency of ``money``."""


class MoneySettings(Section):
    """A second currency, in which prices may be said and costs are shown too."""

    currency: str = Field(default="", pattern=r"^([A-Z]{3})?$")
    per_dollar: float = Field(default=0.0, ge=0)
    """What a US dollar is worth in it."""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if bool(self.currency) != bool(self.per_dollar):
            raise ValueError("a second currency needs both currency and per_dollar")
        return self
