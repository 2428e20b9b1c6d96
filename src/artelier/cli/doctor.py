"""``artelier doctor``: what is present, what is missing, and how to get it."""

import os
import platform
import shutil
import sqlite3
import sys
from pathlib import Path

import typer
import uvloop

from artelier import __version__
from artelier.cli.connection import running_server
from artelier.cli.doctor_web import browser_finding, search_finding
from artelier.cli.durations import decimal
from artelier.cli.finding import Finding
from artelier.cli.listing import config_option, json_option, print_json
from artelier.cli.look import glyph, output
from artelier.cli.own_server import found_models
from artelier.cli.places import chosen_places
from artelier.cli.refusals import failure_words, refusal_words
from artelier.cli.settings_words import problem_words
from artelier.cli.words import tr
from artelier.client import Client, ClientError
from artelier.domain.errors import ArtelierError
from artelier.ports.provider import Provider
from artelier.runtime.clock import SystemClock
from artelier.runtime.model_sources import build_models
from artelier.runtime.models import REHEARSAL
from artelier.runtime.sandboxing import open_sandbox
from artelier.settings import Places, Read, read_settings
from artelier.stores.state_folder import StateFolder
from artelier.workspaces.beneath import openat2_works

_LEVELS = {
    "off": "commands run with your own rights; every one asks",
    "container": "the container is the wall",
    "landlock": "Landlock and a filter of system calls",
    "seatbelt": "sandbox-exec of macOS",
}
"""What is said of a level whose own words name no place."""


def doctor_command(as_json: bool = json_option(), config: Path | None = config_option()) -> None:
    """Look at everything Artelier needs or could use. Ends with 1 when something necessary is broken."""
    places = chosen_places(config)
    findings = [
        _python(),
        _settings(places),
        _state(places),
        _sqlite(),
        _files(),
        _search(),
        *uvloop.run(_sandbox(places)),
        *_mcp(places),
        _server(places),
        *uvloop.run(_in_force(places)),
        *uvloop.run(_models(places)),
        *uvloop.run(_web(places)),
    ]
    if as_json:
        print_json(findings)
    else:
        console = output()
        console.print(f"artelier {__version__}", style="name")
        for finding in findings:
            kind, style = {"ok": ("done", "ok"), "missing": ("note", "warn"), "broken": ("failed", "bad")}[finding.state]
            console.print(f"[{style}]{glyph(kind)}[/] {tr(finding.name):<22} {finding.detail}")
    raise typer.Exit(any(finding.state == "broken" for finding in findings))


def _python() -> Finding:
    return Finding("Python", "ok", f"{platform.python_version()}, {sys.platform} {platform.machine()}")


def _settings(places: Places) -> Finding:
    read = _read(places)
    if read.problems:
        return Finding("Settings", "broken", tr("{problem} See all with `artelier config check`.", problem=problem_words(read.problems[0])))
    return Finding("Settings", "ok", str(places.settings_file) if read.file_found else tr("the defaults; `artelier init` writes a file"))


def _state(places: Places) -> Finding:
    try:
        StateFolder(places.state_folder)
    except ArtelierError as failure:
        return Finding("State folder", "broken", failure_words(failure))
    free = shutil.disk_usage(places.state_folder).free / 2**30
    return Finding("State folder", "ok", tr("{folder}, {free} GiB free", folder=places.state_folder, free=decimal(free)))


def _sqlite() -> Finding:
    return Finding("Database", "ok", f"SQLite {sqlite3.sqlite_version}")


def _files() -> Finding:
    if openat2_works():
        return Finding("Files", "ok", tr("opened by the kernel's openat2, beneath the workspace's root"))
    return Finding("Files", "ok", tr("opened step by step without following links (no openat2 here)"))


def _search() -> Finding:
    found = shutil.which("rg")
    if found:
        return Finding("Search in code", "ok", f"ripgrep, {found}")
    return Finding("Search in code", "missing", tr("ripgrep is not there; our own slower search is used. Install ripgrep to speed it up."))


async def _sandbox(places: Places) -> list[Finding]:
    """Run a command in it. ``off`` is what the operator wants, and still something missing."""
    read = _read(places)
    if read.problems:
        return []
    sandbox = await open_sandbox(read.settings, places.state_folder)
    state = {"off": "missing", "none": "broken"}.get(sandbox.level, "ok")
    detail = tr(_LEVELS.get(sandbox.level, "")) or sandbox.detail
    return [Finding("Sandbox", state, detail), *(Finding("Sandbox", "missing", tr(warning)) for warning in sandbox.warnings)]


def _mcp(places: Places) -> list[Finding]:
    """Look whether the programs of MCP servers are there; whether they answer is `artelier mcp test`."""
    servers = [each for each in _read(places).settings.tools.mcp if each.enabled]
    path = {each.name: each.env["PATH"].get_secret_value() if "PATH" in each.env else None for each in servers}
    lacking = [each for each in servers if each.command and shutil.which(each.command[0], path=path[each.name]) is None]
    if lacking:
        words = (tr("{name}: its program {program} is not there", name=each.name, program=each.command[0]) for each in lacking)
        return [Finding("MCP servers", "missing", "; ".join(words))]
    if not servers:
        return []
    return [Finding("MCP servers", "ok", tr("{count} configured; `artelier mcp` shows how they stand", count=len(servers)))]


def _server(places: Places) -> Finding:
    try:
        server = running_server(places)
    except ArtelierError as failure:
        return Finding("Server", "broken", failure_words(failure))
    return Finding(
        "Server", "ok", tr("runs on {address}", address=server.address) if server else tr("none runs; `artelier serve` starts one")
    )


async def _in_force(places: Places) -> list[Finding]:
    """Ask the running server whether what the files say now is what it works with."""
    try:
        server = running_server(places)
        if server is None:
            return []
        async with Client(server.address, server.token) as client:
            parts = (await client.health()).parts
    except ArtelierError as failure:
        return [Finding("Settings in force", "broken", failure_words(failure))]
    except ClientError as failure:
        return [Finding("Settings in force", "broken", refusal_words(failure))]
    settings, plugins = parts.get("settings"), parts.get("plugins")
    findings = [Finding("Settings in force", "missing", settings.detail)] if settings is not None and settings.detail else []
    if plugins is not None and plugins.detail:
        findings.append(Finding("Plugins", "ok" if plugins.state == "ok" else "missing", plugins.detail))
    return findings


async def _models(places: Places) -> list[Finding]:
    read = _read(places)
    if read.problems:
        return []
    try:
        models = build_models(read.settings, SystemClock(), await found_models(read))
    except ArtelierError as failure:
        return [Finding("Model", "broken", failure_words(failure))]
    findings = []
    try:
        if models.default == REHEARSAL:
            findings.append(
                Finding("Model", "missing", tr("only the rehearsal. Run `artelier init`, or set a key such as OPENAI_API_KEY."))
            )
        else:
            findings.append(Finding("Model", "ok", models.default))
        findings.extend([await _reach(models.find(name)[0], name) for name in models.names if name != REHEARSAL])
    finally:
        await models.close()
    return findings


async def _web(places: Places) -> list[Finding]:
    read = _read(places)
    return [] if read.problems else [await search_finding(read.settings.tools), browser_finding(read.settings.tools.browser)]


async def _reach(provider: Provider, name: str) -> Finding:
    try:
        count = len(await provider.list_models())
    except ArtelierError as failure:
        return Finding(f"Provider {name}", "missing", f"{failure_words(failure)} {failure.code}")
    return Finding(f"Provider {name}", "ok", tr("{count} models", count=count))


def _read(places: Places) -> Read:
    return read_settings(places, os.environ)
