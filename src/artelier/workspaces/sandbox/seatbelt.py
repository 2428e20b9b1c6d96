"""Walls of macOS: a profile for ``sandbox-exec``, which Apple calls deprecated and every agent uses.

Written from the system's own profiles and those of other agents, and tested as text alone: there is no Mac among the machines
these tests run on.
"""

from pathlib import Path

from artelier.workspaces.sandbox.bubblewrap import command_environment
from artelier.workspaces.sandbox.enclosed import Launch, Space
from artelier.workspaces.sandbox.limits import CommandLimits, limited
from artelier.workspaces.sandbox.warden import HomeWarden

PROGRAM = "/usr/bin/sandbox-exec"
_READABLE = ("/usr", "/bin", "/sbin", "/System", "/Library", "/opt/homebrew", "/private/etc", "/private/var/db/timezone", "/dev")
_START = """(version 1)
(deny default)
(import "system.sb")
(allow process-exec process-fork)
(allow signal (target same-sandbox))
(allow sysctl-read)
(allow file-read-metadata)
(allow file-write* (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty"))"""


class Seatbelt:
    """Walls by ``sandbox-exec``; the arguments are those of ``Landlock``."""

    level = "seatbelt"
    holds_protected = True

    def __init__(self, limits: CommandLimits, *, tool_folders: tuple[Path, ...] = (), hidden: tuple[Path, ...] = ()) -> None:
        self._limits = limits
        self._tools = tool_folders
        self._hidden = hidden

    def enclose(self, space: Space) -> Launch:
        """Return the call of ``sandbox-exec``."""
        warden = HomeWarden(self._limits)
        home = str(Path(warden.home).resolve())
        environment = command_environment(self._tools, home) | {"TMPDIR": home, "PATH": _path(self._tools)}
        words = limited(("/bin/sh", "-c", 'cd "$0" && exec "$@"', str(space.folder), *space.words), self._limits)
        return Launch((PROGRAM, "-p", self.profile(space, home), *words), environment, warden)

    def profile(self, space: Space, home: str) -> str:
        """Return the profile; the last rule that matches holds, so what is denied comes last."""
        lines = [_START]
        lines += [f"(allow file-read* (subpath {_quoted(place)}))" for place in (*_READABLE, *map(str, self._tools))]
        for root in (home, *(survey.root for survey in space.surveys)):
            lines.append(f"(allow file-read* file-write* (subpath {_quoted(root)}))")
        for survey in space.surveys:
            for sight in survey.sights:
                name = _quoted(sight.path)
                if sight.kind == "secret":
                    lines.append(f"(deny file-read* file-write* (subpath {name}))")
                elif sight.is_folder and sight.path.endswith("/.git"):
                    lines.append(f"(deny file-write-unlink (literal {name}))")
                else:
                    lines.append(f"(deny file-write* (subpath {name}))")
        lines += [f"(deny file-read* file-write* (subpath {_quoted(str(folder))}))" for folder in self._hidden]
        lines.append("(allow network*)" if space.network else "(deny network*)")
        return "\n".join(lines)


def _path(tools: tuple[Path, ...]) -> str:
    folders = [str(place) for tool in tools for place in (tool / "bin", tool)]
    return ":".join([*folders, "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"])


def _quoted(text: str) -> str:
    """Return a text as the profile's language (a Scheme) reads it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
