"""The tool by which a model keeps a plan that the person sees; the plan itself is the call's arguments in the journal."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from artelier.domain.calls import Access, ResultStatus, ToolResult, ToolSpec
from artelier.domain.errors import ArgumentsInvalid
from artelier.domain.gists import Gist, GistCode
from artelier.ports.tool import ToolScope
from artelier.tools.declaration import DeclaredTool, ToolArguments, schema_of


class PlanStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a plan."""

    title: Annotated[str, Meta(min_length=1, max_length=200, description="What is done in this step, in a few words.")]
    status: Annotated[Literal["pending", "in_progress", "done"], Meta(description="How far it is.")]


class UpdatePlanArguments(ToolArguments, frozen=True):
    """Arguments of ``update_plan``."""

    steps: Annotated[
        tuple[PlanStep, ...],
        Meta(min_length=1, max_length=50, description="The whole plan in order, each time; at most one step is in_progress."),
    ]


class UpdatePlan(DeclaredTool[UpdatePlanArguments]):
    """Keeps the plan."""

    arguments = UpdatePlanArguments
    spec = ToolSpec(
        name="update_plan",
        description="Write down the steps of a longer piece of work and how far each is, for the person to follow. Not for small work.",
        parameters=schema_of(UpdatePlanArguments),
        repeatable=True,
        family="plan",
        effect="read",
        deadline=5.0,
    )

    def touches(self, arguments: UpdatePlanArguments) -> Access:  # noqa: ARG002  a plan is words
        """Return nothing."""
        return Access()

    def effect(self, arguments: UpdatePlanArguments) -> str:
        """Return how far the plan is, and what is done now."""
        now = next((f", now: {step.title}" for step in arguments.steps if step.status == "in_progress"), "")
        return f"plan, {_progress(arguments)}{now}"

    def check(self, arguments: dict[str, object]) -> None:
        """Raise ``ArgumentsInvalid`` also for a plan with two steps at work."""
        _one_at_work(self._parsed(arguments))

    async def perform(self, arguments: UpdatePlanArguments, scope: ToolScope) -> ToolResult:  # noqa: ARG002  nothing is touched
        """Take the plan."""
        _one_at_work(arguments)
        gist = Gist(GistCode.PLAN, {"done": _done(arguments), "count": len(arguments.steps)})
        return ToolResult(ResultStatus.DONE, f"Plan kept, {_progress(arguments)}.", summary=_progress(arguments), gist=gist)


def _progress(arguments: UpdatePlanArguments) -> str:
    return f"{_done(arguments)} of {len(arguments.steps)} done"


def _done(arguments: UpdatePlanArguments) -> int:
    return sum(step.status == "done" for step in arguments.steps)


def _one_at_work(arguments: UpdatePlanArguments) -> None:
    at_work = [step.title for step in arguments.steps if step.status == "in_progress"]
    if len(at_work) > 1:
        raise ArgumentsInvalid(f"steps: {len(at_work)} steps are in_progress, and one can be. Mark the others pending or done.")
