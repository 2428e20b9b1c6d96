"""``artelier usage``: what was used, and how agents, tools and questions went."""

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import typer

from artelier.cli.durations import amount_in, dollars, percent, seconds
from artelier.cli.listing import config_option, json_option, print_json, show, speak
from artelier.cli.look import glyph, output
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import number, tr
from artelier.client.reports import BudgetStanding, Insight, SemanticInsight, UsageReport, UsageSum

_AGO = re.compile(r"(\d{1,5})([mhdw])")
_BUDGETS = {"person": "person", "agent": "agent", "session": "session", "all": "everybody"}
_LAYERS = {
    "reply_cache": "replies given again",
    "joined": "joined requests",
    "semantic": "like questions",
    "prompt_cache": "prompt caches",
}
_PERIODS = {"day": "a day", "week": "a week", "month": "a month", "total": "in total"}
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class By(StrEnum):
    """What usage is summed up by."""

    AGENT = "agent"
    MODEL = "model"
    DAY = "day"
    SESSION = "session"
    USER = "user"
    WORKSPACE = "workspace"


def usage_command(
    by: By = typer.Option(By.AGENT, "--by", help=tr("What is summed up by: agent, model, day, session, user or workspace.")),
    since: str = typer.Option("", "--since", help=tr("A time ago such as 24h, 7d, 4w, or a date."), show_default=False),
    insight: bool = typer.Option(False, "--insight", help=tr("How agents, tools and questions went instead.")),
    as_json: bool = json_option(),
    config: Path | None = config_option(),
) -> None:
    """Show what was used, or how it went."""
    moment = _moment(since) if since else ""
    if insight:
        gone = speak(config, lambda client: client.insight(moment))
        print_json(gone) if as_json else _show_insight(gone)
        return
    used = speak(config, lambda client: client.usage(by.value, moment))
    print_json(used) if as_json else _show_usage(used)


def _moment(since: str) -> str:
    """Return a moment as the API takes it; ends the command for what is none."""
    ago = _AGO.fullmatch(since.strip().lower())
    try:
        if ago is not None:
            return (datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})).isoformat()
        moment = datetime.fromisoformat(since).astimezone()
    except (ValueError, OverflowError) as failure:
        raise stop(tr("{since} is no time. Say 24h, 7d, 4w, or a date such as 2026-11-21.", since=since), WRONG_USAGE) from failure
    if moment > datetime.now(UTC):
        raise stop(tr("{since} has not come yet. Say 24h, 7d, 4w, or a date that has been.", since=since), WRONG_USAGE)
    return moment.isoformat()


def _show_usage(report: UsageReport) -> None:
    rows = [_row(each.key or tr("none"), each) for each in report.items]
    if len(rows) > 1:
        rows.append(_row(tr("Together"), report.total))
    columns = {
        "agent": "Agent",
        "model": "Model",
        "day": tr("Day (UTC)"),
        "session": "Session",
        "user": tr("Person"),
        "workspace": "Workspace",
    }
    show(
        rows,
        (
            columns[report.by],
            "Runs",
            "Steps",
            "Calls",
            "Tokens in",
            "of them cached",
            "Tokens out",
            "of them reasoning",
            "Cost",
            "Saved",
            "Time",
        ),
        "No model was asked in this time.",
    )
    for line in (*_money_lines(report), *map(_budget_line, report.budgets)):
        output().print(line, markup=False, highlight=False)
    if report.total.unpriced_calls:
        output().print(tr("?: replies of models whose price is not known; set models.providers.NAME.prices."), style="dim")


def _money_lines(report: UsageReport) -> list[str]:
    """Return what it came to in the second currency, and what each layer of caches saved."""
    lines = []
    if report.cost_in is not None and report.total.cost:
        lines.append(tr("Cost: {what}", what=_money(report.total.cost, report)))
    saved = [
        tr(
            "{amount} by {layer} (in {replies} replies)",
            layer=tr(_LAYERS[each.layer]),
            amount=_money(each.saved, report),
            replies=each.replies,
        )
        for each in report.layers
    ]
    return [*lines, *([tr("Saved: {what}", what=", ".join(saved))] if saved else [])]


def _money(amount: float, report: UsageReport) -> str:
    return f"{dollars(amount)} ({amount_in(amount * report.per_dollar, report.currency)})" if report.currency else dollars(amount)


def _budget_line(each: BudgetStanding) -> str:
    whose = " ".join(part for part in (tr(_BUDGETS[each.per]), each.who.removeprefix("person:")) if part)
    standing = tr("{spent} of {dollars}", spent=dollars(each.spent), dollars=dollars(each.dollars))
    reset = "" if each.resets_at is None else tr(", anew on {day}", day=f"{each.resets_at:%Y-%m-%d}")
    state = tr("used up") if each.spent >= each.dollars else tr("nearly spent") if each.warns else ""
    warning = f" {glyph('waiting')} {state}" if state else ""
    return tr("Budget, {period}, {whose}: {standing}", period=tr(_PERIODS[each.period]), whose=whose, standing=standing) + reset + warning


def _row(key: str, each: UsageSum) -> tuple[str, ...]:
    counts = (each.runs, each.steps, each.calls, each.input_tokens, each.cached_tokens, each.output_tokens, each.reasoning_tokens)
    shown = map(number, counts)
    cost = dollars(each.cost) + (f" + {each.unpriced_calls}?" if each.unpriced_calls else "")
    return (key, *shown, cost, dollars(each.saved), _time(each.seconds))


def _show_insight(found: Insight) -> None:
    agents = [
        (
            each.agent or tr("none"),
            each.runs,
            each.finished,
            each.failed,
            each.cancelled,
            _time(each.median_seconds),
            _time(each.p95_seconds),
            each.corrected,
            ", ".join(f"{code} {count}" for code, count in each.failures.items()),
        )
        for each in found.agents
    ]
    show(
        agents,
        ("Agent", "Runs", "finished", "failed", "cancelled", "Median", "95 %", "Corrected by you", "Failures"),
        "No run ended in this time.",
    )
    tools = [
        (each.tool, each.calls, each.failed, each.refused, _time(each.median_seconds), _time(each.p95_seconds)) for each in found.tools
    ]
    output().print()
    show(tools, ("Tool", "Calls", "failed", "Refused by you", "Median", "95 %"), "No tool was called in this time.")
    questions = [
        (tr(each.kind), each.asked, each.approved, each.rejected, each.timed_out, each.open, _time(each.median_seconds))
        for each in found.questions
    ]
    output().print()
    show(
        questions,
        ("Question", "Asked", "approved", "rejected", "timed_out", "open", "Median until answered"),
        "Nothing was asked in this time.",
    )
    if found.semantic is not None:
        output().print()
        output().print(_semantic_line(found.semantic), markup=False, highlight=False)


def _semantic_line(each: SemanticInsight) -> str:
    """Return how the cache of like questions does, or would do."""
    counts = {"hits": each.hits, "looked": each.looked, "rate": percent(each.hit_rate, 1), "wrong": each.wrong + each.reported}
    if each.mode == "on":
        told = tr("Like questions: {hits} of {looked} answered by a kept answer ({rate}), {wrong} known to be wrong.", **counts)
    else:
        told = tr("Like questions, shadow mode: {hits} of {looked} would have had a kept answer ({rate}), {wrong} wrong.", **counts)
    bound = tr(
        "Wrong: {rate} of {near} near questions, {bound} allowed; {vetoed} vetoes; saved {saved}.",
        rate=percent(each.error_rate, 1),
        bound=percent(each.error_bound, 1),
        near=each.near,
        vetoed=each.vetoed,
        saved=dollars(each.saved - each.spent),
    )
    return f"{told} {bound}"


def _time(value: float | None) -> str:
    return "" if value is None else seconds(value)
