"""Where plugins are, and what is told to each of them."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class PluginsSettings(BaseModel):
    """The folder of plugins beside the settings file, which installed ones are used, and tables of single plugins by name."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, dict[str, Any]] = Field(init=False)

    folder: str = "plugins"
    """Empty for none; relative to the settings file."""
    installed: list[str] = []
    """Names of entry points of installed packages that are used: being installed alone runs nothing."""
    disabled: list[str] = []

    @property
    def place(self) -> Path | None:
        """The folder; None for none, and where it is not known beside which settings file it would be."""
        found = Path(self.folder)
        return found if found.is_absolute() else None

    def told_to(self, name: str) -> dict[str, Any]:
        """Return what the operator tells one plugin."""
        found: dict[str, Any] = (self.model_extra or {}).get(name, {})
        return found
