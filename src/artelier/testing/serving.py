"""A whole server in this process, for a test: its house, its client, and one call that does a run."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Unpack

from msgspec import Struct

from artelier.api.serving import serving as serving_plan
from artelier.client import Approval, Client, Run
from artelier.domain.errors import PluginError
from artelier.providers.scripted import ScriptedTurn
from artelier.runtime.house import House
from artelier.testing.answers import Answers, answer_to
from artelier.testing.journals import Journal
from artelier.testing.plans import Options, plan_in

PATIENCE = 30.0
"""Seconds for which a run may be at work in a test."""
_LONGEST_WAIT = 300.0


class Outcome(Struct, frozen=True):
    """What a message came to."""

    run: Run
    journal: Journal
    """The run's own events; those of agents it delegated to are in journals of their own."""

    @property
    def status(self) -> str:
        """``finished``, ``failed``, ``cancelled``, or ``waiting`` for an answer that nobody gave."""
        return self.run.status

    @property
    def reply(self) -> str:
        """The last words of the agent."""
        return self.run.reply

    @property
    def session(self) -> str:
        """The session, to go on with."""
        return self.run.session_id


class Server:
    """A server that answers now. Other programs reach it by ``address`` and ``token``."""

    def __init__(self, address: str, house: House, client: Client, workspace: Path) -> None:
        self.address = address
        self.token = house.access.token
        self.house = house
        self.client = client
        self.workspace = workspace

    async def run(
        self, text: str, *, agent: str = "", session: str = "", answers: Answers | None = None, patience: float = PATIENCE
    ) -> Outcome:
        """Send a message, answer what is asked, and return what came of it once the run has ended, or nobody answers.

        The message goes into a new session unless one is named. Raises ``TimeoutError`` after ``patience`` seconds,
        ``Refused`` for a message that is not taken.
        """
        room = session or (await self.client.open_session()).id
        accepted = await self.client.send(room, text, agent=agent)
        try:
            async with asyncio.timeout(patience):
                run = await self._rested(room, accepted.run_id, answers)
        except TimeoutError as failure:
            told = (await self.journal(room)).of_run(accepted.run_id)
            raise TimeoutError(f"The run is at work after {patience} seconds. So far: {', '.join(told.types())}.") from failure
        return Outcome(run, (await self.journal(room)).of_run(run.id))

    async def journal(self, session: str) -> Journal:
        """Return all that happened in a session so far. Raises ``Refused`` where there is no such session."""
        return Journal.from_stream(await self.client.events(session))

    async def _rested(self, session: str, run: str, answers: Answers | None) -> Run:
        while True:
            record = await self.client.wait(run, _LONGEST_WAIT)
            if record.status != "waiting":
                return record
            said = [await self._answer(each, answers) for each in await self._questions(session, run)]
            if not any(said):
                return record

    async def _questions(self, session: str, run: str) -> list[Approval]:
        """Return what the run, or an agent at work for it, asks."""
        found = (await self.client.approvals("open", session, 200)).items
        return [each for each in reversed(found) if each.run_id == run or each.session_id != session]

    async def _answer(self, question: Approval, answers: Answers | None) -> bool:
        answer = answer_to(question, answers)
        if answer is None:
            return False
        await self.client.answer(question.id, answer.decision, text=answer.text, arguments=answer.arguments)
        return True


@asynccontextmanager
async def serving(workspace: Path, script: Sequence[ScriptedTurn] | Path, **options: Unpack[Options]) -> AsyncIterator[Server]:
    """Serve on a free loopback port until the block ends, in this event loop, with a model that plays the script.

    ``script`` is what ``script(...)`` made, or a file of turns. The options are ``agents``, ``tools``, ``plugins``,
    ``settings`` and ``state``. Raises ``SettingsError`` for an agent or a setting that does not fit, ``PluginError``
    for a plugin that is not used.
    """
    with TemporaryDirectory(prefix="artelier-") as home:
        plan = plan_in(Path(home), workspace, script, options)
        async with (
            serving_plan(plan, "127.0.0.1", 0, handle_signals=False) as served,
            Client(served.address, served.house.access.operator_token) as client,
        ):
            await served.house.servers.settled()
            if options.get("plugins"):
                await _check_plugins(client)
            yield Server(served.address, served.house, client, plan.workspace)


async def _check_plugins(client: Client) -> None:
    broken = [each for each in await client.plugins() if each.problems]
    if broken:
        raise PluginError(" ".join(f"The plugin {each.name} is not used: {'; '.join(each.problems)}" for each in broken))
