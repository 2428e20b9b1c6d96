"""The keys of the chat: sending, lines, answering a question, stopping and leaving."""

import asyncio
from collections.abc import Callable
from enum import Enum
from typing import Any

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition, Filter, is_searching
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from artelier.cli.asking import Interrupted
from artelier.cli.questions import IN_WORDS, KEYS, READY_SECONDS, SCOPES, keys_of, may_remember
from artelier.cli.slash import UNDO_KEYS
from artelier.cli.talk import Talk
from artelier.cli.words import tr

_TWICE_SECONDS = 2.0
_COMMANDS = {"c-p": "/plan", "c-f": "/files", "c-g": "/usage", "c-o": "/open"}


class Mode(Enum):
    """What is being typed: a message, the reason of a refusal, or a call's arguments."""

    TALK = "talk"
    REASON = "reason"
    EDIT = "edit"


class Keys:
    """Bindings over a conversation; what a single key decided is taken by whoever reads the input.

    ``changed`` is called when another question or scope is to be shown, ``command`` with what a key stands for.
    """

    def __init__(self, talk: Talk, changed: Callable[[], None], command: Callable[[str], None]) -> None:
        self.bindings = KeyBindings()
        self.mode = Mode.TALK
        self.tasks: set[asyncio.Future[Any]] = set()
        self.scope = "once"
        self._talk = talk
        self._changed = changed
        self._command = command
        self._decision = ""
        self._shown_at = 0.0
        self._interrupted_at = -_TWICE_SECONDS
        self._bind_sending()
        self._bind_answers()
        self._bind_scopes()
        self._bind_looking()
        self._bind_stopping()

    def question_shown(self) -> None:
        """Take no keys for the next half second: nobody has read the question yet."""
        self._shown_at = asyncio.get_running_loop().time()
        self.scope = "once"

    def taken(self) -> str:
        """Return what the last key decided about the question, once."""
        decision, self._decision = self._decision, ""
        return decision

    def hints(self) -> list[str]:
        """Return the keys that work now, the most needed first."""
        talk = self._talk
        if self._leaves_next():
            return [tr("Ctrl-C again leaves")]
        if self.mode is Mode.REASON:
            return [tr("Enter rejects"), tr("Esc goes back")]
        if self.mode is Mode.EDIT:
            return [tr("Ctrl-S sends"), tr("Esc goes back")]
        first = [tr("tab next question")] if len(talk.questions) > 1 else []
        if talk.undo_offered:
            if get_app().current_buffer.text.strip().lower() in UNDO_KEYS:
                return [tr("Enter undoes what was changed last")]
            first.append(tr("u Enter undoes"))
        if talk.runs:
            first.append(tr("Esc Esc stops the run"))
        looks = [tr("^P plan")] if talk.standing.plan else []
        return [*first, *looks, tr("^F files"), tr("^G usage"), tr("^O in browser"), tr("Ctrl-D leaves")]

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

        def _go_back(event: KeyPressEvent) -> None:
            event.app.exit(exception=Interrupted())

        # While a reason is typed, Alt-Enter, which begins with Escape, is waited for.
        add("escape", filter=editing, eager=True)(_go_back)
        add("escape", filter=Condition(lambda: self.mode is Mode.REASON))(_go_back)

        @add("c-s", filter=editing, eager=True)
        def _send_edited(event: KeyPressEvent) -> None:
            event.current_buffer.validate_and_handle()

        @add("c-s", filter=~editing & ~is_searching, eager=True)
        def _nothing(event: KeyPressEvent) -> None:
            """Begin no search in what was typed: whoever presses this key wants to send."""

    def _asked(self) -> bool:
        """Return whether keys answer: a question stands there and nothing is typed."""
        return self._talk.question is not None and self._empty()

    def _empty(self) -> bool:
        return self.mode is Mode.TALK and not get_app().current_buffer.text

    def _bind_answers(self) -> None:
        asked = Condition(self._asked)

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

    def _bind_scopes(self) -> None:
        asked = Condition(lambda: self._asked() and self._talk.question is not None and may_remember(self._talk.question))

        def bind(key: str, scope: str) -> None:
            @self.bindings.add(key, filter=asked, eager=True)
            def _choose(event: KeyPressEvent) -> None:
                del event
                self.scope = scope
                self._changed()

        for number, scope in enumerate(SCOPES, 1):
            bind(str(number), scope)

    def _bind_looking(self) -> None:
        talking = Condition(lambda: self.mode is Mode.TALK) & ~is_searching

        def bind(key: str, command: str, where: Filter) -> None:
            @self.bindings.add(key, filter=where, eager=True)
            def _look(event: KeyPressEvent) -> None:
                del event
                self._command(command)

        for key, command in _COMMANDS.items():
            bind(key, command, talking)
        in_words = Condition(lambda: self._talk.question is not None and self._talk.question.kind in IN_WORDS)
        bind("?", "/help", Condition(self._empty) & ~in_words & ~is_searching)

        @self.bindings.add("tab", filter=Condition(self._empty), eager=True)
        def _next(event: KeyPressEvent) -> None:
            del event
            if self._talk.turn():
                self._changed()

    def _bind_stopping(self) -> None:
        @self.bindings.add("escape", "escape", filter=Condition(lambda: bool(self._talk.runs) and self.mode is Mode.TALK))
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
