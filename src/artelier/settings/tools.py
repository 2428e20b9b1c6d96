"""What can be set about tools, and whose there are."""

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from artelier.settings.durations import Duration
from artelier.settings.section import Section


class SearchSettings(Section):
    """The web search: the address of a SearXNG of your own, such as ``http://127.0.0.1:8888``; empty for none."""

    searxng_url: str = ""


class WebSettings(Section):
    """Addresses that are no public ones and may be reached all the same, each as ``host:port``."""

    allowed: list[str] = []


class BrowserSettings(Section):
    """The browser of agents: ``executable`` is found when empty; ``sandbox`` is Chromium's own, off only where root must be."""

    executable: str = ""
    sandbox: Literal["auto", "on", "off"] = "auto"
    idle: Duration = 600.0


class McpSettings(Section):
    """One MCP server: a program that is started, or an address of streamable HTTP."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,23}$")
    """Its tools are called ``NAME__tool``."""
    command: list[str] = []
    """The program with its words; paths are absolute."""
    url: str = ""
    env: dict[str, SecretStr] = {}
    """Variables that the program sees beside PATH, HOME and LANG."""
    env_from: list[str] = []
    """Variables of the server's own environment to pass on."""
    headers: dict[str, SecretStr] = {}
    headers_from: dict[str, str] = {}
    """Headers whose values are in variables of the server's own environment: header = variable."""
    tools: list[str] = []
    """The tools to take, by the server's own names; all when empty."""
    together: bool = False
    """Its calls disturb nobody, so they may run beside others."""
    connect_timeout: Duration = 30.0
    """For starting, greeting and listing together."""
    call_timeout: Duration = 120.0
    keep: Duration = 0.0
    """How long a result answers an equal call again, for servers whose tools only look things up; 0 for never."""
    enabled: bool = True

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.command) == bool(self.url):
            raise ValueError(f"the MCP server {self.name} needs either a command or a url")
        if self.url and not self.url.startswith(("http://", "https://")):
            raise ValueError(f"the url of the MCP server {self.name} begins with http:// or https://")
        return self


class DockerSettings(Section):
    """The docker tools, which an agent has by ``docker_*`` in its list of tools; each call is asked."""

    enabled: bool | None = None
    """Left out: where the program is there."""
    program: str = "docker"
    env: dict[str, str] = {}
    """Variables that the program sees beside those of docker's own, PATH and HOME."""


class ToolCacheSettings(Section):
    """What reading, searching and looking up gave is given again while it is still true."""

    enabled: bool = True
    bytes: int = Field(default=64 * 1024 * 1024, ge=0)
    file_systems: list[str] = []
    """Kinds of file systems, as /proc/mounts names them, on which files are trusted to tell of every change, beside ext4 and tmpfs."""


class ToolSettings(Section):
    """How tools run, and whose there are."""

    search: SearchSettings = SearchSettings()
    web: WebSettings = WebSettings()
    browser: BrowserSettings = BrowserSettings()
    concurrency: int = Field(default=8, ge=1, le=64)
    families: dict[str, Annotated[int, Field(ge=1, le=64)]] = {"shell": 4, "browser": 1, "docker": 2}
    """How many calls of one family run at once, where that is fewer: files, search, shell, git, web, browser, docker, mcp."""
    cache: ToolCacheSettings = ToolCacheSettings()
    read_ahead: bool = True
    """Read what an agent is likely to ask for next while its model thinks, where that was seen to pay."""
    docker: DockerSettings = DockerSettings()
    mcp: list[McpSettings] = []

    @field_validator("mcp")
    @classmethod
    def _names_once(cls, servers: list[McpSettings]) -> list[McpSettings]:
        names = [server.name for server in servers]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"these MCP servers are named twice: {', '.join(twice)}")
        return servers
