"""What a person's earlier answers say of open calls."""

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from artelier.approvals.adaptive import HABIT, Habit, decided, habit, is_spot_check
from artelier.engine.facts import Policy
from artelier.engine.granted import key_of, matters
from artelier.engine.state import CallState, RunState, SessionState
from artelier.ports.grants import GrantsInForce


class Habits:
    """Looks up like decisions whenever a call is to be judged, or was allowed by them and has not begun: a refusal counts at once."""

    def __init__(self, grants: GrantsInForce, policy: Policy) -> None:
        self._grants = grants
        self._policy = policy

    async def of(self, state: SessionState, run: RunState, granted: Mapping[str, str], now: datetime) -> Mapping[str, Habit]:
        """Return what is known of open calls that no grant covers, by the calls' ids. Raises ``StoreError``."""
        if not self._policy.adaptive or not run.turns:
            return {}
        wanted = [call for call in run.turns[-1].open_calls if call.call.id not in granted and matters(call, self._policy)]
        return {call.call.id: await self._of(call, state, run, now) for call in wanted}

    async def _of(self, call: CallState, state: SessionState, run: RunState, now: datetime) -> Habit:
        key = key_of(call, state, run, self._policy)
        records = await self._grants.like_decisions(state.owner, key)
        decisions = [each for record in records if (each := decided(record)) is not None]
        found = habit([each for each in decisions if each.by == state.owner or not each.approved], now)
        if not found.allows:
            return found
        networked = self._policy.networked and self._policy.tools[call.call.name].effect == "execute"
        if networked or is_spot_check(key, call.call.id):
            return Habit()
        name = f"{HABIT}{key}"
        return replace(found, name=name, reason=f"{found.reason} To be asked again: artelier grants revoke {name}")
