"""Which open calls a person has allowed before."""

from collections.abc import Mapping, Sequence

from artelier.approvals.granting import grant_key
from artelier.domain.grants import Grant
from artelier.domain.runs import QuestionRecord
from artelier.engine.facts import Policy
from artelier.engine.state import CallState, RunState, SessionState
from artelier.ports.grants import GrantsInForce


class NoGrants:
    """Where nobody allows anything for later."""

    async def grants_in_force(self, owner: str, workspace: str) -> tuple[Grant, ...]:  # noqa: ARG002  as the port has it
        """See ``GrantsInForce.grants_in_force``."""
        return ()

    async def like_decisions(self, owner: str, key: str) -> tuple[QuestionRecord, ...]:  # noqa: ARG002  as the port has it
        """See ``GrantsInForce.like_decisions``."""
        return ()


def matters(call: CallState, policy: Policy) -> bool:
    """Whether what was said before can matter for a call: it is not judged yet, or was allowed by that and has not begun."""
    spec = policy.tools.get(call.call.name)
    if spec is None or spec.effect == "read" or call.starts > 0:
        return False
    return call.judged is None or bool(call.judged.grant)


def key_of(call: CallState, state: SessionState, run: RunState, policy: Policy) -> str:
    """Return what a call shares with its like. Its tool is known."""
    spec = policy.tools[call.call.name]
    return grant_key(call.effective, spec, owner=state.owner, workspace=state.workspace, agent=run.agent, sandbox=policy.sandbox)


class Granted:
    """Looks up grants whenever a call is to be judged, or was allowed by one and has not begun: a revocation counts at once."""

    def __init__(self, grants: GrantsInForce, policy: Policy) -> None:
        self._grants = grants
        self._policy = policy

    async def of(self, state: SessionState, run: RunState) -> Mapping[str, str]:
        """Return the grants that cover open calls, by the calls' ids. Raises ``StoreError``."""
        wanted = [call for call in (run.turns[-1].open_calls if run.turns else ()) if matters(call, self._policy)]
        if not wanted:
            return {}
        grants = await self._grants.grants_in_force(state.owner, state.workspace)
        keys = {grant.key: grant.id for grant in grants if grant.covers(state.session, run.id)}
        return self._covered(wanted, keys, state, run) if keys else {}

    def _covered(self, calls: Sequence[CallState], keys: Mapping[str, str], state: SessionState, run: RunState) -> Mapping[str, str]:
        wanted = {call.call.id: key_of(call, state, run, self._policy) for call in calls}
        return {call: keys[key] for call, key in wanted.items() if key in keys}
