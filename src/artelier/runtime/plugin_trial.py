"""Plugins loaded for a moment, without a house: to see what is wrong with them, or what they give."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from artelier.runtime.catalogue import all_tools
from artelier.runtime.clock import SystemClock
from artelier.runtime.model_sources import build_models
from artelier.runtime.plugin_places import find_at
from artelier.runtime.plugins import Gathered, Plugins
from artelier.runtime.web import Web
from artelier.settings import Settings


@asynccontextmanager
async def loaded_for_a_moment(settings: Settings, only: Path | None = None) -> AsyncIterator[Gathered]:
    """Give what the operator's plugins give, or one file or folder alone, by its whole path.

    Their data goes to a folder that is removed afterwards. Whether they lie in a registered workspace is not looked at.
    Raises ``SettingsError`` where the models' settings do not hold.
    """
    clock = SystemClock()
    models = build_models(settings, clock)
    try:
        with tempfile.TemporaryDirectory(prefix="artelier-") as folder:
            plugins = Plugins(Path(folder), clock, all_tools(settings, Web(settings.tools).tools), _no_roots)
            gathered = await plugins.gather(settings, models, None if only is None else (find_at(only, ()),))
            try:
                yield gathered
            finally:
                await plugins.drop(gathered)
    finally:
        await models.close()


async def _no_roots() -> tuple[Path, ...]:
    return ()
