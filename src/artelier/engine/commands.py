"""What ``decide`` wants done next: imperative values, performed by the loop."""

from datetime import datetime

from msgspec import Struct

from artelier.domain.budgets import BudgetState
from artelier.domain.compacting import ContextCompacted
from artelier.domain.events import Payload
from artelier.domain.questions import QuestionKind
from artelier.domain.reasons import Because


class Record(Struct, frozen=True):
    """Append what follows from what is known; nothing has to be done in the world."""

    payloads: tuple[Payload, ...]


class AskAdviser(Struct, frozen=True):
    """Ask a model which agent the request is for."""


class CallModel(Struct, frozen=True):
    """Ask the model for the reply to this step."""

    step: int
    attempt: int
    max_tokens: int


class Compact(Struct, frozen=True):
    """Ask the run's model for a summary of what falls out."""

    compacted: ContextCompacted
    """What to record, without the summary."""
    words: str
    """What is to be summarised."""
    instead: str
    """The summary, should the model give none."""
    size: int
    """Tokens that the summary should have at most."""
    max_tokens: int
    """Tokens of the whole reply, reasoning included."""


class RunTools(Struct, frozen=True):
    """Start these calls together."""

    calls: tuple[str, ...]


class SendDelegates(Struct, frozen=True):
    """Give the work of these calls to other agents."""

    calls: tuple[str, ...]


class AskAbout(Struct, frozen=True):
    """One question to put to a person; ``call`` is empty for a limit, and for ``options`` to choose from."""

    kind: QuestionKind
    call: str = ""
    limit: str = ""
    reason: str = ""
    options: tuple[str, ...] = ()
    budget: BudgetState | None = None
    """Where the budget stands that would be passed."""
    because: tuple[Because, ...] = ()
    """The reason as codes."""


class Ask(Struct, frozen=True):
    """Put these questions, in this order."""

    questions: tuple[AskAbout, ...]
    expires_at: datetime | None


class Await(Struct, frozen=True):
    """Something is in flight: look again when it ends or when the journal moves."""


class Abort(Struct, frozen=True):
    """End everything that is in flight."""


class Rest(Struct, frozen=True):
    """The run has come to rest or waits as a row; the worker goes home."""


Command = Record | AskAdviser | CallModel | Compact | RunTools | SendDelegates | Ask | Await | Abort | Rest
