"""Artelier's engine in one process: durable on SQLite (WAL, FULL), deltas to an in-process subscriber."""

import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import uvloop

from artelier import __version__
from artelier.access.local import OWNER
from artelier.domain.events import Event
from artelier.domain.frames import Delta
from artelier.runtime.assemble import open_house
from artelier.runtime.ground import Plan
from artelier.runtime.house import House
from artelier.runtime.service import Message
from artelier.settings import Read, Settings
from benchmarks.participants.measured import measure
from benchmarks.participants.trivial_tools import NAMES, TOOLS


def plan_for(base_url: str, folder: Path) -> Plan:
    """Return a house over a fresh state folder whose one agent has the three trivial tools."""
    values = {
        "models": {"default": "mock/mock", "providers": {"mock": {"base_url": base_url, "max_in_flight": 1000}}, "attempts": 1},
        "agents": {"coder": {"tools": list(NAMES)}},
        "routing": {"use_model": False},
        "workers": {"runs_at_once": 1000},
    }
    (folder / "workspace").mkdir()
    return Plan(Read(Settings.model_validate(values), (), "benchmark"), folder, folder / "workspace", tools=TOOLS)


async def main() -> None:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        opened: list[House] = []

        async def prepare(base_url: str) -> None:
            opened.append(await stack.enter_async_context(open_house(plan_for(base_url, folder))))

        async def run(_: str) -> None:
            house = opened[0]
            accepted = await house.service.send(Message("go", OWNER, workspace=house.workspace.id))
            assert await listen(house, accepted.session) > 0

        await measure(run, prepare=prepare, versions={"artelier": __version__})


async def listen(house: House, session: str) -> int:
    """Count the deltas of one session, as a reader in the same process, until its run has finished."""
    subscription, seen = house.bus.follow_session(session), 0
    try:
        while frames := await subscription.next():
            seen += sum(isinstance(frame, Delta) for frame in frames)
            if any(isinstance(frame, Event) and frame.type == "run_finished" for frame in frames):
                break
    finally:
        subscription.close()
    return seen


if __name__ == "__main__":
    uvloop.run(main())
