"""Whether what is sent in can be taken: texts, names of agents and models, changed arguments."""

from collections.abc import Collection
from typing import Any

import msgspec

from artelier.domain.errors import InvalidRequest, SettingsError, TooLarge, ToolError
from artelier.domain.refusals import Refusal, RefusalCode
from artelier.ports.provider import Providers
from artelier.ports.tool import Tool

LONGEST_MESSAGE = 256 * 1024
"""Characters of one message."""


def is_clean(text: str) -> bool:
    """Return whether a text can be stored and sent everywhere: no lone surrogates, no NUL."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def check_text(text: str) -> None:
    """Look at a message's text. Raises ``InvalidRequest``, ``TooLarge``."""
    if not text.strip():
        raise InvalidRequest("The message is empty. Say what should be done.", because=Refusal(RefusalCode.TEXT_EMPTY))
    if len(text) > LONGEST_MESSAGE:
        long = Refusal(RefusalCode.TEXT_TOO_LONG, {"characters": len(text), "most": LONGEST_MESSAGE})
        raise TooLarge(f"The message has {len(text)} characters; {LONGEST_MESSAGE} are taken. Put long text into a file.", because=long)
    if not is_clean(text):
        unclean = Refusal(RefusalCode.TEXT_UNCLEAN)
        raise InvalidRequest("The message holds characters that are no text (lone surrogates or NUL). Send clean UTF-8.", because=unclean)


def check_names(agent: str, model: str, agents: Collection[str], providers: Providers) -> None:
    """Look at the agent and the model that a message names, if any. Raises ``InvalidRequest`` for one that is not there."""
    if agent and agent not in agents:
        known = ", ".join(sorted(agents))
        unknown = Refusal(RefusalCode.AGENT_UNKNOWN, {"name": agent, "known": known})
        raise InvalidRequest(f"There is no agent '{agent}'. These are known: {known}.", because=unknown)
    try:
        if model:
            providers.find(model)
    except SettingsError as failure:
        raise InvalidRequest(failure.message) from failure


def check_arguments(tool: Tool, arguments: dict[str, Any]) -> None:
    """Look at the arguments that a person wants instead of the model's. Raises ``InvalidRequest``."""
    try:
        msgspec.json.encode(arguments)
    except (UnicodeEncodeError, RecursionError, msgspec.MsgspecError) as failure:
        raise InvalidRequest(
            f"The changed arguments cannot be stored ({failure}). Send clean UTF-8 without lone surrogates, not too deep."
        ) from failure
    try:
        tool.check(arguments)
    except ToolError as failure:
        unfit = Refusal(RefusalCode.ARGUMENTS_UNFIT, {"tool": tool.spec.name, "failure": failure.message})
        raise InvalidRequest(f"The changed arguments do not fit {tool.spec.name}: {failure.message}", because=unfit) from failure
