"""``artelier agents``."""

from pathlib import Path

from artelier.cli.listing import config_option, json_option, print_json, show, speak
from artelier.cli.look import glyph


def agents_command(as_json: bool = json_option(), config: Path | None = config_option()) -> None:
    """List the agents; the marked one answers when none is named."""
    found = speak(config, lambda client: client.agents())
    if as_json:
        print_json(found)
        return
    rows = [(glyph("done") if each.default else "", each.name, each.description, each.model, ", ".join(each.tools)) for each in found]
    show(rows, ("", "Agent", "For", "Model", "Tools"), "There are no agents.")
