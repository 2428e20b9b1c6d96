"""``artelier init``: a few questions, the settings written, the model tested."""

import os
import shutil
import sys
from pathlib import Path

import uvloop
from rich.text import Text

from artelier.cli.asking import Interrupted, line
from artelier.cli.initial import Source, as_toml, offers
from artelier.cli.listing import config_option
from artelier.cli.look import glyph, output, visible
from artelier.cli.models import test_model
from artelier.cli.places import chosen_places, chosen_workspace
from artelier.cli.refusals import failure_words
from artelier.cli.stopping import CANCELLED, FAILED, FINISHED, NO_MODEL, WRONG_USAGE, stop
from artelier.cli.words import tr
from artelier.domain.errors import ArtelierError
from artelier.providers.local import LocalServer, find_local_servers

_EXAMPLE = """[models]
default = "openai/gpt-5-mini"

[models.providers.openai]
base_url = "https://api.openai.com/v1"
api_key_env = "OPENAI_API_KEY"
"""
_YES = frozenset({"y", "yes", "д", "да", "н"})


def init_command(config: Path | None = config_option()) -> None:
    """Ask where models come from, write the settings, and test the model."""
    named = config or os.environ.get("ARTELIER_CONFIG")
    file = chosen_places(config, chosen_workspace(None) if named else None).settings_file
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise stop(tr("This needs a terminal. Without one, write {file} by hand, such as:", file=file) + f"\n\n{_EXAMPLE}", WRONG_USAGE)
    try:
        code = uvloop.run(_init(file, there=file.exists()))
    except (Interrupted, EOFError) as failure:
        raise stop(tr("Nothing was written."), CANCELLED) from failure
    if code:
        raise stop(tr("The settings are written; correct them in {file}, or run `artelier init` again.", file=file), code)


async def _init(file: Path, *, there: bool) -> int:
    console = output()
    if there and not await _agreed(tr("{file} is there already. Replace it? The old one is kept as .bak. [y/N] ", file=file)):
        raise Interrupted
    found = await find_local_servers()
    source = await _asked(found)
    _write(file, as_toml(source))
    console.print(f"{glyph('done')} {tr('Written: {file}', file=file)}")
    if source.name != "rehearsal":
        console.print(Text(tr("Asking the model for a word ..."), "dim"))
        try:
            await test_model(file, f"{source.name}/{source.model}")
        except ArtelierError as failure:
            console.print(f"{glyph('failed')} {failure_words(failure)} {failure.code}", style="bad")
            return NO_MODEL
    console.print(tr("Next: `artelier` serves with the console, `artelier chat` talks here, in the folder you want to work in."))
    return FINISHED


async def _asked(found: tuple[LocalServer, ...]) -> Source:
    """Ask where models come from, for the key, and for the model."""
    console = output()
    choices = offers(found)
    console.print(tr("Where do models come from?"))
    for number, offer in enumerate(choices, 1):
        console.print(f"  {number}  {tr(offer.title)}")
    source = choices[await _number(len(choices)) - 1]
    if source.name == "rehearsal":
        return source
    if not source.base_url:
        source = source.at(await _needed(tr("Address of the API, up to /v1: ")))
    if source.wants_key:
        source = await _with_key(source)
    model = await line(tr("Model: "), text=source.model)
    return source.saying(model.strip() or source.model or await _needed(tr("Model: ")))


async def _with_key(source: Source) -> Source:
    """Ask for the key: the name of a variable is better than the key itself."""
    output().print(tr("The key: a variable's name such as {name} keeps it out of the file.", name=source.key_variable), style="dim")
    variable = (await line(tr("Variable (empty to type the key itself): "), text=source.key_variable)).strip()
    if variable:
        if not os.environ.get(variable):
            output().print(tr("{name} is not set now; set it before you serve.", name=visible(variable)), style="warn")
        return source.keyed(variable=variable)
    return source.keyed(key=(await line(tr("Key (not shown, may stay empty): "), secret=True)).strip())


async def _number(most: int) -> int:
    while True:
        said = (await line(f"1-{most}: ", text="1")).strip()
        if said.isdecimal() and 0 < int(said) <= most:
            return int(said)


async def _needed(prompt: str) -> str:
    said = ""
    while not said:
        said = (await line(prompt)).strip()
    return said


async def _agreed(prompt: str) -> bool:
    return (await line(prompt)).strip().lower() in _YES


def _write(file: Path, text: str) -> None:
    """Write the settings so that only their owner reads them; what was there is kept beside them."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if file.exists():
            shutil.copy2(file, file.with_name(file.name + ".bak"))
        unfinished = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        unfinished.replace(file)
    except OSError as failure:
        raise stop(
            tr("{file} cannot be written: {failure}. Choose another with --config.", file=file, failure=failure), FAILED
        ) from failure
