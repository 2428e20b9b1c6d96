"""What a person can say to the chat itself: ``/help``, ``/agent`` and their like."""

import re
from collections.abc import Awaitable, Callable

from msgspec import Struct
from rich.text import Text

from artelier.cli.asked_words import asked_words
from artelier.cli.browsing import opened
from artelier.cli.changes import change_lines, restored_lines
from artelier.cli.debugging import debug_lines
from artelier.cli.listing import state
from artelier.cli.look import glyph, visible
from artelier.cli.overview import file_lines, plan_lines, usage_lines
from artelier.cli.rows import hung
from artelier.cli.talk import Talk
from artelier.cli.words import tr

COMMANDS = {
    "/help": "what can be said here",
    "/agent": "who answers from now on: /agent NAME, /agent - for the default",
    "/model": "the model from now on: /model NAME, /model - for the default",
    "/sessions": "the last sessions; /sessions NUMBER goes on with one",
    "/approvals": "what waits for you in all sessions",
    "/plan": "the plan of the work",
    "/files": "which files were changed here",
    "/diff": "what was changed in files here",
    "/undo": "put files back as they were before the last run that changed any; /undo PATH for one file",
    "/redo": "change them again",
    "/usage": "what this session used and saved",
    "/open": "this session in the browser, by a one-time link",
    "/debug": "the last run step by step: requests, decisions, times; /debug all shows prompts",
    "/new": "begin a new session",
    "/exit": "leave; what is at work goes on",
}
KEYS_HELP = {
    "Enter": "sends; \\ Enter or Alt-Enter begins a line",
    "u Enter": "undoes what was changed last",
    "Esc Esc": "or Ctrl-C stops the run; Ctrl-C twice and Ctrl-D leave, what is at work goes on",
    "a r e": "approve, reject with words, edit; 1 to 4 say for how long",
    "Tab": "the next question that waits",
    "^P ^F ^G": "plan, files, usage",
    "^O": "this session in the browser",
    "^R ^L": "search what was typed; draw anew",
}
UNDO_KEYS = ("u", "г")
"""A line of this alone undoes, where that is offered: the same key of both keyboards. Alone, since words begin with it too."""
_SHOWN = 10
_RUNS = 200


class Done(Struct, frozen=True):
    """What came of a command."""

    lines: tuple[Text, ...] = ()
    leave: bool = False


def meant(talk: Talk, text: str) -> str:
    """Return what was typed, or the command that one letter stands for."""
    return "/undo" if talk.undo_offered and text.strip().lower() in UNDO_KEYS else text


def is_command(text: str) -> bool:
    """Return whether a line is a command and no message: a slash and one word, which no path begins with."""
    return re.match(r"/[a-z]+(\s|$)", text.strip()) is not None


async def perform(talk: Talk, text: str) -> Done:
    """Do what a command says. Raises ``ClientError``."""
    name, _, rest = text.strip().partition(" ")
    known: dict[str, Callable[[Talk, str], Awaitable[Done]]] = {
        "/help": _help,
        "/agent": _agent,
        "/model": _model,
        "/sessions": _sessions,
        "/approvals": _approvals,
        "/plan": _plan,
        "/files": _files,
        "/diff": _diff,
        "/usage": _usage,
        "/open": _open,
        "/undo": _undo,
        "/redo": _redo,
        "/debug": _debug,
        "/new": _new,
        "/exit": _exit,
        "/quit": _exit,
    }
    if name not in known:
        return Done((Text(tr("There is no command {name}. /help lists them.", name=visible(name)), "warn"),))
    return await known[name](talk, rest.strip())


async def _help(talk: Talk, rest: str) -> Done:
    del rest
    told = {**COMMANDS, **KEYS_HELP}
    return Done(tuple(line for name, words in told.items() for line in hung(name, tr(words), talk.cards.width)))


async def _debug(talk: Talk, rest: str) -> Done:
    runs = await talk.client.runs(talk.session, 1) if talk.session else None
    if runs is None or not runs.items:
        return Done((Text(tr("Nothing ran here yet."), "dim"),))
    return Done(tuple(await debug_lines(talk.client, talk.session, runs.items[0].id, prompts=rest == "all")))


async def _agent(talk: Talk, rest: str) -> Done:
    agents = await talk.client.agents()
    if rest == "-" or any(agent.name == rest for agent in agents):
        talk.agent = "" if rest == "-" else rest
        return Done((Text(tr("Agent: {name}", name=rest if rest != "-" else _default([a.name for a in agents if a.default])), "dim"),))
    wrong = (Text(tr("There is no agent {name}.", name=visible(rest)), "warn"),) if rest else ()
    widest = max((len(agent.name) for agent in agents), default=0)
    return Done((*wrong, *(Text.assemble((f"{agent.name:<{widest}}  ", "name"), visible(agent.description)) for agent in agents)))


async def _model(talk: Talk, rest: str) -> Done:
    if rest:
        talk.model = "" if rest == "-" else rest
        return Done((Text(tr("Model: {name}", name=visible(talk.model) or tr("the agent's own")), "dim"),))
    models = await talk.client.models()
    marks = [glyph("done") if model.name == talk.model or (model.default and not talk.model) else " " for model in models]
    return Done(tuple(Text(f"{mark} {visible(model.name)}") for mark, model in zip(marks, models, strict=True)))


async def _sessions(talk: Talk, rest: str) -> Done:
    found = (await talk.client.sessions(_SHOWN)).items
    if rest.isdecimal() and 0 < int(rest) <= len(found):
        await talk.join(found[int(rest) - 1].id)
        return Done()
    lines = (f"{number:>2}  {state(each.status)}  {visible(each.title or tr('Untitled'))}" for number, each in enumerate(found, 1))
    return Done(tuple(Text(line) for line in lines) or (Text(tr("No sessions yet."), "dim"),))


async def _approvals(talk: Talk, rest: str) -> Done:
    del rest
    found = (await talk.client.approvals("open", limit=_SHOWN)).items
    lines = tuple(Text(f"{glyph('waiting')} {each.agent}: {asked_words(each)}") for each in found)
    more = (Text(tr("Those of other sessions: `artelier approvals answer` in another terminal."), "dim"),) if lines else ()
    return Done((*lines, *more) or (Text(tr("Nobody waits for you."), "dim"),))


async def _plan(talk: Talk, rest: str) -> Done:
    del rest
    return Done(tuple(plan_lines(talk.standing.plan)))


async def _files(talk: Talk, rest: str) -> Done:
    del rest
    return Done(tuple(file_lines(await talk.client.changes(talk.session) if talk.session else ())))


async def _usage(talk: Talk, rest: str) -> Done:
    del rest
    return Done(tuple(usage_lines((await talk.client.runs(talk.session, _RUNS)).items if talk.session else ())))


async def _open(talk: Talk, rest: str) -> Done:
    del rest
    link = await talk.client.make_link()
    if talk.session:
        link = link.replace("/#link=", f"/sessions/{talk.session}#link=", 1)
    if opened(link):
        return Done((Text(f"{glyph('done')} {tr('Opened in the browser.')}", "dim"),))
    return Done((Text(tr("Open once, within 15 minutes:"), "dim"), Text(link, "accent", no_wrap=True)))


async def _diff(talk: Talk, rest: str) -> Done:
    del rest
    changes = await talk.client.changes(talk.session) if talk.session else ()
    return Done(tuple(change_lines(changes, diffs=True)) or (Text(tr("This session changed no file."), "dim"),))


async def _undo(talk: Talk, rest: str) -> Done:
    if not talk.session:
        return Done((Text(tr("This session changed no file."), "dim"),))
    return Done(tuple(restored_lines(await talk.client.undo(talk.session, paths=[rest] if rest else []), diffs=False)))


async def _redo(talk: Talk, rest: str) -> Done:
    del rest
    if not talk.session:
        return Done((Text(tr("This session changed no file."), "dim"),))
    return Done(tuple(restored_lines(await talk.client.redo(talk.session), diffs=False)))


async def _new(talk: Talk, rest: str) -> Done:
    del rest
    await talk.leave()
    return Done((Text(tr("A new session begins with your next message."), "dim"),))


async def _exit(talk: Talk, rest: str) -> Done:
    del talk, rest
    return Done(leave=True)


def _default(names: list[str]) -> str:
    return names[0] if names else ""
