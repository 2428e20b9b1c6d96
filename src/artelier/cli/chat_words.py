"""Completing the chat's commands with Tab."""

from collections.abc import Iterable

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from artelier.cli.slash import COMMANDS
from artelier.cli.words import tr


class ChatWords(Completer):
    """Offers the commands whose beginning is typed."""

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield what fits."""
        del complete_event
        typed = document.text_before_cursor
        if typed.startswith("/") and " " not in typed:
            for name, words in COMMANDS.items():
                if name.startswith(typed):
                    yield Completion(name, start_position=-len(typed), display_meta=tr(words))
