"""The keys of the chat: sending, lines, answering a question, stopping and leaving."""

import asyncio
from enum import Enum
from typing import Any

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from artelier.cli.questions import KEYS, READY_SECONDS, keys_of
from artelier.cli.rows import NARROW
from artelier.cli.slash import UNDO_KEYS
from artelier.cli.talk import Talk
from artelier.cli.words import tr

_TWICE_SECONDS = 2.0


class Mode(Enum):
    """What is being typed: a message, the reason of a refusal, or a call's arguments."""

    TALK = "talk"
    REASON = "reason"
    EDIT = "edit"


class Keys:
    """Bindings over a conversation; what a single key decided is taken by whoever reads the input."""

    def __init__(self, talk: Talk) -> None:
        self.bindings = KeyBindings()
        self.mode = Mode.TALK
        self.tasks: set[asyncio.Future[Any]] = set()
        self._talk = talk
        self._decision = ""
        self._shown_at = 0.0
        self._interrupted_at = -_TWICE_SECONDS
        self._bind_sending()
        self._bind_answers()
        self._bind_stopping()

    def question_shown(self) -> None:
        """Take no keys for the next half second: nobody has read the question yet."""
        self._shown_at = asyncio.get_running_loop().time()

    def taken(self) -> str:
        """Return what the last key decided about the question, once."""
        decision, self._decision = self._decision, ""
        return decision

    def hints(self, width: int) -> str:
        """Return the keys that work now."""
        if self._leaves_next():
            return tr("Ctrl-C again leaves")
        if width < NARROW:
            return "/help"
        first = [tr("Esc Esc stops the run")] if self._talk.runs else []
        if self._talk.undo_offered and self.mode is Mode.TALK:
            if get_app().current_buffer.text.strip().lower() in UNDO_KEYS:
                return tr("Enter undoes what was changed last")
            first = [tr("u Enter undoes")]
        return " · ".join([*first, tr("\\ Enter begins a line"), tr("Ctrl-D leaves"), "/help"])

    def _bind_sending(self) -> None:
        add = self.bindings.add
        editing = Condition(lambda: self.mode is Mode.EDIT)

        @add("enter", filter=~editing)
        def _send(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            if buffer.document.current_line_before_cursor.endswith("\\"):
                buffer.delete_before_cursor()
                buffer.insert_text("\n")
            else:
                buffer.validate_and_handle()

        @add("escape", "enter", filter=~editing)
        def _line(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        @add("c-s", filter=editing, eager=True)
        def _send_edited(event: KeyPressEvent) -> None:
            event.current_buffer.validate_and_handle()

    def _bind_answers(self) -> None:
        @Condition
        def asked() -> bool:
            return self._talk.question is not None and self.mode is Mode.TALK and not get_app().current_buffer.text

        def bind(key: str, decision: str) -> None:
            fits = Condition(lambda: self._talk.question is not None and key in keys_of(self._talk.question))

            @self.bindings.add(key, filter=asked & fits, eager=True)
            def _press(event: KeyPressEvent) -> None:
                # A key pressed before the question could be read is neither an answer nor the beginning of a message.
                if asyncio.get_running_loop().time() - self._shown_at >= READY_SECONDS:
                    self._decision = decision
                    event.app.exit(result="")

        for key, decision in KEYS.items():
            bind(key, decision)

    def _bind_stopping(self) -> None:
        @self.bindings.add("escape", "escape", filter=Condition(lambda: bool(self._talk.runs)))
        def _stop(event: KeyPressEvent) -> None:
            del event
            self._talk.stop_soon()

        @self.bindings.add("c-c", filter=Condition(lambda: self.mode is Mode.TALK), eager=True)
        def _interrupt(event: KeyPressEvent) -> None:
            if self._leaves_next():
                event.app.exit(exception=EOFError)
                return
            self._interrupted_at = asyncio.get_running_loop().time()
            if not self._talk.stop_soon():
                event.current_buffer.reset()

        @self.bindings.add("c-d", filter=Condition(lambda: not get_app().current_buffer.text), eager=True)
        def _leave(event: KeyPressEvent) -> None:
            event.app.exit(exception=EOFError)

    def _leaves_next(self) -> bool:
        return asyncio.get_running_loop().time() - self._interrupted_at < _TWICE_SECONDS
