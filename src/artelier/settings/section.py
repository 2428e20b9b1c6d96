"""What every part of the settings has in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the settings; unknown names are errors, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)
