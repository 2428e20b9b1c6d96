"""The build of wheels and source archives brings the built console along; an archive that holds it builds without Bun."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ConsoleBuildHook(BuildHookInterface):
    """Builds the console before the files are gathered; an editable install leaves that to ``./run``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, or say why a wheel without the console is no release."""
        root = Path(self.root)
        if version == "editable" or not (root / "web").is_dir():
            return
        sys.path.insert(0, str(root / "scripts"))
        import console  # noqa: PLC0415  the build's own folder is on the path only now

        console.build()
        build_data["artifacts"].append("src/artelier/api/assets/console/**")
