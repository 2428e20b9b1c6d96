"""What the open calls would touch: as their tools declare it, and as the disk has it at this moment."""

from collections.abc import Mapping, Sequence

from artelier.domain.calls import Access
from artelier.domain.control import CONTROL_TOOLS
from artelier.engine.scheduler import UNKNOWN
from artelier.engine.state import CallState
from artelier.ports.tool import Tool
from artelier.ports.workspace import Target, Workspace

_CONTROL = frozenset(spec.name for spec in CONTROL_TOOLS)
_NO_PATH = "//"


class Survey:
    """Looks at what calls would touch. A path that a link leads to, or with a second name, makes its call exclusive."""

    def __init__(self, tools: Mapping[str, Tool], workspace: Workspace) -> None:
        self._tools = tools
        self._workspace = workspace
        self.access: Mapping[str, Access] = {}
        self.stamps: Mapping[str, Mapping[str, str]] = {}

    async def look(self, calls: Sequence[CallState]) -> None:
        """Look at all of these; where none of them writes, no link can matter and the disk is left alone."""
        declared = {call.call.id: self._declared(call) for call in calls}
        self.access, self.stamps = declared, {}
        if not any(access.writes for access in declared.values()):
            return
        targets = await self._workspace.targets(frozenset().union(*(_paths(access) for access in declared.values())))
        self.access = {call: access if _is_plain(access, targets) else UNKNOWN for call, access in declared.items()}
        self.stamps = {call: {path: targets[path].stamp for path in access.writes if path in targets} for call, access in declared.items()}

    def _declared(self, call: CallState) -> Access:
        tool = self._tools.get(call.call.name)
        if call.call.name in _CONTROL:
            return Access()
        return UNKNOWN if tool is None else tool.access(call.effective.arguments or {})


def _paths(access: Access) -> frozenset[str]:
    return frozenset(path for path in access.reads | access.writes if not path.startswith(_NO_PATH))


def _is_plain(access: Access, targets: Mapping[str, Target]) -> bool:
    return all(targets[path].plain for path in _paths(access))
