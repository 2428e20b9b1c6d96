"""``artelier webhooks``: addresses that are told of events."""

from pathlib import Path

import typer

from artelier.cli.identifiers import checked, id_of
from artelier.cli.listing import config_option, group, json_option, print_json, show, speak, state, when
from artelier.cli.look import output, visible
from artelier.cli.words import tr
from artelier.client.reports import Webhook


def build() -> typer.Typer:
    """Return the group of commands."""
    app = group()

    @app.callback(invoke_without_command=True)
    def alone(context: typer.Context, as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        if context.invoked_subcommand is None:
            _list(config, as_json=as_json)

    @app.command("list", help=tr("List webhooks and how they stand."))
    def listed(as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        _list(config, as_json=as_json)

    @app.command("add", help=tr("Tell an address of every event from now on."))
    def added(
        url: str = typer.Argument(help=tr("Where events are sent: http:// or https://.")),
        types: list[str] = typer.Option([], "--type", help=tr("A type of event; may be repeated. All when left out."), show_default=False),
        session: list[str] = typer.Option(
            [], "--session", help=tr("A session; may be repeated. All when left out."), show_default=False, callback=checked("session")
        ),
        description: str = typer.Option("", "--description", help=tr("What it is for."), show_default=False),
        as_json: bool = json_option(),
        config: Path | None = config_option(),
    ) -> None:
        found = speak(config, lambda client: client.add_webhook(url, types, description, sessions=session))
        if as_json:
            print_json(found)
            return
        console = output()
        console.print(found.id, style="name", markup=False, highlight=False, soft_wrap=True)
        console.print(tr("The secret its messages are signed with; it is not shown again:"))
        console.print(found.secret or "", markup=False, highlight=False, soft_wrap=True)

    @app.command("remove", help=tr("Forget a webhook with what waited to be delivered."))
    def removed(webhook: str = id_of("webhook"), config: Path | None = config_option()) -> None:
        speak(config, lambda client: client.remove_webhook(webhook))

    _add_test(app)
    return app


def _add_test(app: typer.Typer) -> None:
    @app.command("test", help=tr("Send a test message now; where it arrives, a disabled webhook goes on."))
    def tested(webhook: str = id_of("webhook"), as_json: bool = json_option(), config: Path | None = config_option()) -> None:
        found = speak(config, lambda client: client.test_webhook(webhook))
        if as_json:
            print_json(found)
        elif found.arrived:
            output().print(tr("It arrived: {status}.", status=found.status), style="ok")
        else:
            reason = visible(" ".join(part for part in (str(found.status or ""), found.error) if part))
            output().print(tr("It did not arrive: {reason}", reason=reason), style="bad", markup=False, highlight=False)
        if not found.arrived:
            raise typer.Exit(1)


def _list(config: Path | None, *, as_json: bool) -> None:
    found = speak(config, lambda client: client.webhooks())
    if as_json:
        print_json(found)
        return
    rows = [(each.id, state(each.state), each.url, ", ".join(each.types), when(each.succeeded_at), _trouble(each)) for each in found]
    show(rows, ("Webhook", "State", "Address", "Types", "Last success", "Trouble"), "Nobody is told of events.")


def _trouble(webhook: Webhook) -> str:
    if webhook.disabled_at is not None:
        return webhook.reason
    told = [webhook.error] if webhook.error else []
    if webhook.next_at is not None:
        told.append(tr("next try {when}", when=when(webhook.next_at)))
    if webhook.given_up:
        told.append(tr("given up: {count}", count=webhook.given_up))
    return "; ".join(told)
