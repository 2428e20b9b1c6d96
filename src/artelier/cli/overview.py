"""What a person looks up in the middle of a conversation: its plan, its files, what it used."""

from collections.abc import Sequence

from rich.text import Text

from artelier.cli.changes import change_lines
from artelier.cli.durations import dollars
from artelier.cli.look import glyph, visible
from artelier.cli.standing import PlanStep
from artelier.cli.words import number, plural, tr
from artelier.client import Change, Run

_STEPS = {"done": ("done", "ok"), "in_progress": ("running", "accent"), "pending": ("pending", "dim")}


def plan_lines(plan: Sequence[PlanStep]) -> list[Text]:
    """Return the plan in its own order, and how far it is."""
    if not plan:
        return [Text(tr("There is no plan here."), "dim")]
    done = sum(step.status == "done" for step in plan)
    lines = [Text(tr("Plan: {done} of {count} done", done=done, count=len(plan)), "dim")]
    for step in plan:
        kind, style = _STEPS.get(step.status, _STEPS["pending"])
        lines.append(Text(f"  {glyph(kind)} {visible(step.title)}", style if kind != "done" else ""))
    return lines


def file_lines(changes: Sequence[Change]) -> list[Text]:
    """Return the files that changed, a line each, and how to see and undo that."""
    lines = change_lines(changes, diffs=False)
    return (
        [*lines, Text(tr("/diff shows how, /undo PATH puts one back"), "dim")]
        if lines
        else [Text(tr("This session changed no file."), "dim")]
    )


def usage_lines(runs: Sequence[Run]) -> list[Text]:
    """Return what the last runs of a session used, newest last, and what they came to together."""
    if not runs:
        return [Text(tr("Nothing ran here yet."), "dim")]
    lines = []
    for run in reversed(runs):
        asked = visible(run.request.strip().partition("\n")[0])
        lines.append(Text.assemble((f"{asked[:40]:<40}  ", "name"), (_used(run), "dim")))
    cost, saved = sum(run.usage.cost for run in runs), sum(run.usage.saved for run in runs)
    dot = f" {glyph('dot')} "
    together = [plural(len(runs), ("run", "runs"), ("запуск", "запуска", "запусков")), tr("paid {amount}", amount=dollars(cost))]
    together += [tr("saved {amount}", amount=dollars(saved))] if saved else []
    together += [tr("without it {amount}", amount=dollars(cost + saved))] if saved > 0 else []
    unpriced = sum(run.usage.unpriced_calls for run in runs)
    unknown = [Text(tr("?: replies of models whose price is not known; set models.providers.NAME.prices."), "dim")] if unpriced else []
    return [*lines, Text(dot.join(together)), *unknown]


def _used(run: Run) -> str:
    usage = run.usage
    tokens = usage.input_tokens + usage.output_tokens
    facts = [run.agent, plural(tokens, ("token", "tokens"), ("токен", "токена", "токенов"))]
    if usage.cached_tokens:
        facts.append(tr("{count} cached", count=number(usage.cached_tokens)))
    facts.append(dollars(usage.cost) + ("?" if usage.unpriced_calls else ""))
    return f" {glyph('dot')} ".join(fact for fact in facts if fact)
