"""What is loaded by name: adapters whose libraries take long to import, and plugins. The only such place beside ``cli/commands.py``."""

import asyncio
import importlib  # noqa: TID251  the one place for it
import importlib.machinery  # noqa: TID251  the same
import importlib.metadata  # noqa: TID251  the same
import importlib.util  # noqa: TID251  the same
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from importlib.metadata import EntryPoint  # noqa: TID251  the same
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, cast

from artelier.domain.errors import BrowserFailed, RequestRefused
from artelier.domain.models import ModelPiece, ModelRequest
from artelier.ports.browser import Browser, PageContent, PageView, Screenshot
from artelier.ports.cache import SharedCache
from artelier.ports.embedder import Embedder
from artelier.ports.provider import Provider
from artelier.ports.similarity import SimilarityIndex
from artelier.providers.prices import PriceList
from artelier.tools.mcp.session import Connector

CHROMIUM = "artelier.network.chromium"
INDEX = "artelier.caches.similarity"
OBJECT_CACHE = "artelier.caches.objects"
VECTOR_TABLE = "artelier.caches.pgvector"
LOCAL_EMBEDDER = "artelier.providers.local_embedder"
MCP = "artelier.tools.mcp.sdk"
OTHER_MODELS = "artelier.providers.other_models"
PYDANTIC_AI = "pydantic_ai"
PLUGINS = "artelier.plugins"
"""The group of entry points by which installed packages give plugins."""
_BEGINNING = "artelier_plugin_"


async def load(module: str, name: str) -> Any:
    """Return what a module calls so, importing it in a thread: the loop goes on meanwhile. Raises ``ImportError``."""
    return getattr(await asyncio.to_thread(importlib.import_module, module), name)


def load_price_list() -> PriceList:
    """Return the list of public prices; it takes half a second, so call it in a thread."""
    return cast("PriceList", importlib.import_module("genai_prices.data_snapshot").get_snapshot())


def load_vector_table() -> Callable[..., SimilarityIndex]:
    """Return the class of the index in Postgres. Raises ``ImportError`` where its driver is not installed."""
    return cast("Callable[..., SimilarityIndex]", importlib.import_module(VECTOR_TABLE).VectorTable)


def load_object_cache() -> Callable[..., SharedCache]:
    """Return the class of the tier in a bucket, and its library with it. Raises ``ImportError`` where that is not installed."""
    return cast("Callable[..., SharedCache]", importlib.import_module(OBJECT_CACHE).ObjectCache)


def load_index() -> Callable[..., SimilarityIndex]:
    """Return the class of the index, and numpy with it. Raises ``ImportError`` where that is not installed."""
    return cast("Callable[..., SimilarityIndex]", importlib.import_module(INDEX).MatrixIndex)


def load_local_embedder() -> Embedder:
    """Return what makes vectors on this machine. Raises ``ImportError`` where its library is not installed."""
    return cast("Embedder", importlib.import_module(LOCAL_EMBEDDER).LocalEmbedder())


def is_there(module: str) -> bool:
    """Return whether a library can be imported, without doing so."""
    return importlib.util.find_spec(module) is not None


async def load_mcp() -> Connector:
    """Load the MCP SDK and return what connects by it."""
    return cast("Connector", (await load(MCP, "SdkConnector"))())


class LazyProvider:
    """Models of other formats, whose library is loaded by the first request. Satisfies the ``Provider`` port."""

    def __init__(self, system: str, api_key: str, base_url: str) -> None:
        self._given = system, api_key, base_url
        self._provider: Provider | None = None
        self._turn = asyncio.Lock()

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelPiece, None]:
        """Yield the pieces of a reply and the whole of it. Raises a ``ProviderError``."""
        provider = await self._loaded()
        async with aclosing(provider.stream(request)) as pieces:
            async for piece in pieces:
                yield piece

    async def list_models(self) -> tuple[str, ...]:
        """Return nothing: this layer cannot tell."""
        return ()

    async def close(self) -> None:
        """Close the provider where it was loaded."""
        if self._provider is not None:
            await self._provider.close()

    async def _loaded(self) -> Provider:
        async with self._turn:
            if self._provider is None:
                try:
                    make = await load(OTHER_MODELS, "models_of")
                except ImportError as failure:
                    raise RequestRefused(f"The library of this provider is missing ({failure}). Install artelier[providers].") from failure
                self._provider = cast("Provider", make(*self._given))
            return self._provider


class _FromSource(importlib.machinery.SourceFileLoader):
    """Compiles what the file says now: bytecode kept from before may be of another edit of the same second, and none is left there."""

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of the file."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class _InPlugins:
    """Finds modules within the folders of plugins, by looking at the disk each time."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: object = None) -> importlib.machinery.ModuleSpec | None:  # noqa: ARG004  the protocol's
        """Return where a module of a plugin's folder is, None for any other."""
        if path is None or not name.startswith(_BEGINNING):
            return None
        inner = name.rpartition(".")[2]
        wanted = (file for folder in path for file in (Path(folder, inner, "__init__.py"), Path(folder, f"{inner}.py")))
        return next((_spec(name, file) for file in wanted if file.is_file()), None)


def _spec(name: str, file: Path) -> importlib.machinery.ModuleSpec | None:
    folders = [str(file.parent)] if file.name == "__init__.py" else None
    return importlib.util.spec_from_file_location(name, file, loader=_FromSource(name, str(file)), submodule_search_locations=folders)


def load_file(name: str, number: int, file: Path) -> ModuleType:
    """Import a plugin's file, or the ``__init__.py`` of its folder, as a module that nothing else knows. Raises whatever it raises.

    ``number`` tells one loading of it from another: an earlier one stays as it is for those who use it, until ``unload``.
    """
    if _InPlugins not in sys.meta_path:
        sys.meta_path.insert(0, _InPlugins)
    spec = _spec(f"{_BEGINNING}{name}_{number}", file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def unload(name: str, number: int) -> None:
    """Forget one loading of a plugin's file, and all modules of its folder."""
    own = f"{_BEGINNING}{name}_{number}"
    for each in [each for each in sys.modules if each == own or each.startswith(f"{own}.")]:
        del sys.modules[each]


def find_installed(name: str) -> EntryPoint | None:
    """Return the entry point by which an installed package gives a plugin, without importing it."""
    return next(iter(importlib.metadata.entry_points(group=PLUGINS, name=name)), None)


class LazyBrowser:
    """A browser whose adapter is loaded by its first call; ``make`` gets the adapter's class. Satisfies the ``Browser`` port."""

    def __init__(self, make: Callable[[Callable[..., Browser]], Browser]) -> None:
        self._make = make
        self._browser: Browser | None = None
        self._turn = asyncio.Lock()

    async def go(self, session: str, url: str) -> PageView:
        """Go to an address."""
        return await (await self._loaded()).go(session, url)

    async def click(self, session: str, target: str) -> PageView:
        """Click an element."""
        return await (await self._loaded()).click(session, target)

    async def type_text(self, session: str, target: str, text: str, *, submit: bool = False) -> PageView:
        """Fill a field."""
        return await (await self._loaded()).type_text(session, target, text, submit=submit)

    async def scroll(self, session: str, direction: str) -> PageView:
        """Scroll."""
        return await (await self._loaded()).scroll(session, direction)

    async def back(self, session: str) -> PageView:
        """Go back."""
        return await (await self._loaded()).back(session)

    async def read(self, session: str) -> PageContent:
        """Read the page."""
        return await (await self._loaded()).read(session)

    async def picture(self, session: str, *, whole: bool = False) -> Screenshot:
        """Take a picture."""
        return await (await self._loaded()).picture(session, whole=whole)

    async def close(self) -> None:
        """Close the browser where one was loaded."""
        async with self._turn:
            if self._browser is not None:
                await self._browser.close()

    async def _loaded(self) -> Browser:
        async with self._turn:
            if self._browser is None:
                try:
                    self._browser = self._make(await load(CHROMIUM, "Chromium"))
                except ImportError as failure:
                    raise BrowserFailed(f"The browser's library is missing ({failure}). The operator can install playwright.") from failure
            return self._browser
