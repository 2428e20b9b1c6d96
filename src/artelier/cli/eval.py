"""``artelier eval``: how good is what decides without a model."""

from collections.abc import Mapping
from pathlib import Path

import typer

from artelier.cli.durations import percent
from artelier.cli.listing import group, json_option, print_json, show
from artelier.cli.look import output
from artelier.cli.refusals import failure_words
from artelier.cli.stopping import WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.domain.errors import ArtelierError, InvalidRequest
from artelier.routing.classifier import Classifier
from artelier.routing.evaluation import Report, Share, classify_all, read_items, report


def build() -> typer.Typer:
    """Return the group of commands; they need no server and no model."""
    app = group()

    @app.callback()
    def chosen() -> None:
        """Stand for the group, so that its commands are named even while there is one."""

    @app.command("routing", help=tr("Measure the router that needs no model on requests whose agent is known."))
    def routing(
        file: Path = typer.Argument(help=tr("A JSONL file: text and agent in each line, and id, lang, context if known.")),
        as_json: bool = json_option(),
    ) -> None:
        classifier = _classifier()
        try:
            items = read_items(file.read_bytes(), classifier.agents)
        except OSError as failure:
            raise stop(tr("{file} cannot be read: {failure}.", file=file, failure=failure.strerror or failure), WRONG_USAGE) from failure
        except InvalidRequest as failure:
            raise stop(f"{file}: {failure_words(failure)}", WRONG_USAGE) from failure
        found = report(classify_all(classifier, items))
        if as_json:
            print_json(found)
            return
        _print(found, classifier.high)

    return app


def _classifier() -> Classifier:
    try:
        return Classifier()
    except ArtelierError as failure:
        raise stop(failure_words(failure)) from failure


def _print(found: Report, high: float) -> None:
    console = output()
    console.print(tr("{items} requests, answered from a confidence of {high}", items=found.items, high=high), style="dim")
    figures = (
        (tr("right among all"), found.accuracy),
        (tr("answered without a model"), found.coverage),
        (tr("right where answered"), found.accuracy_answered),
        (tr("calibration error (ECE)"), found.ece),
    )
    for name, value in figures:
        console.print(f"  {name:<28}{_percent(value):>8}", markup=False)
    for shares in (found.by_agent, found.by_lang, found.by_kind):
        if shares:
            show(_rows(shares), ("", "Requests", "Right", "Answered", "Right where answered"), "")
    _print_confusion(found.confusion)


def _rows(shares: Mapping[str, Share]) -> list[tuple[object, ...]]:
    return [
        (name, each.items, _percent(each.accuracy), _percent(each.coverage), _percent(each.accuracy_answered))
        for name, each in shares.items()
    ]


def _print_confusion(confusion: Mapping[str, Mapping[str, int]]) -> None:
    agents = sorted({*confusion, *(agent for named in confusion.values() for agent in named)})
    output().print(tr("Wanted in rows, named in columns:"), style="dim")
    rows = [(wanted, *(confusion[wanted].get(agent, 0) or "" for agent in agents)) for wanted in sorted(confusion)]
    show(rows, ["", *agents], "", named=True)


def _percent(value: float) -> str:
    return percent(value, 1)
