"""How good a classifier is on requests whose agent is known."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from artelier.domain.errors import InvalidRequest
from artelier.routing.classifier import Classifier
from artelier.routing.features import Context
from artelier.routing.normalise import normalise

_BINS = 10
_CYRILLIC_SHARE = 4
"""One Cyrillic letter of so many makes a text Russian; names and code beside it are Latin."""


class Item(Struct, frozen=True):
    """A request and the agent it is for."""

    text: str
    agent: str
    id: str = ""
    lang: str = ""
    """Told by the letters where it is left out."""
    kind: str = ""
    context: Context = Context()


class Outcome(Struct, frozen=True):
    """What a classifier said of an item."""

    item: Item
    agent: str
    confidence: float
    answered: bool
    """Whether it was sure enough to answer by itself."""

    @property
    def right(self) -> bool:
        """Whether it named the item's agent."""
        return self.agent == self.item.agent


class Share(Struct, frozen=True):
    """The figures of some of the items."""

    items: int
    accuracy: float
    """Right among all."""
    answered: int
    accuracy_answered: float
    """Right among those that were answered; 1 where none was."""
    coverage: float
    """Answered among all."""


class Report(Struct, frozen=True):
    """The figures of a file of items."""

    items: int
    accuracy: float
    answered: int
    accuracy_answered: float
    coverage: float
    ece: float
    """Expected calibration error over ten equal bins of confidence (Guo and others 2017, section 2)."""
    by_agent: dict[str, Share]
    by_lang: dict[str, Share]
    by_kind: dict[str, Share]
    confusion: dict[str, dict[str, int]]
    """Wanted agent to named agent to how often."""


def read_items(content: bytes, known: Sequence[str]) -> tuple[Item, ...]:
    """Return the items of a JSONL file. Raises ``InvalidRequest`` that names the first bad line."""
    items = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            item = msgspec.json.decode(line, type=Item)
        except (msgspec.MsgspecError, UnicodeDecodeError) as failure:
            raise InvalidRequest(f"Line {number} is no item: {failure}. It needs an object with text and agent.") from failure
        if item.agent not in known:
            raise InvalidRequest(
                f"Line {number} names the agent {item.agent}, which the router does not know. It knows: {', '.join(known)}."
            )
        items.append(item if item.lang else replace(item, lang=language_of(item.text)))
    if not items:
        raise InvalidRequest("There are no items. Each line needs an object with text and agent.")
    return tuple(items)


def language_of(text: str) -> str:
    """Return ``ru`` for a text with a good share of Cyrillic letters once its keyboard layout is put right, else ``en``."""
    letters = [letter for letter in normalise(text).prose if letter.isalpha()]
    cyrillic = sum("а" <= letter <= "я" for letter in letters)
    return "ru" if cyrillic * _CYRILLIC_SHARE > len(letters) else "en"


def classify_all(classifier: Classifier, items: Sequence[Item]) -> tuple[Outcome, ...]:
    """Return what the classifier says of each item."""
    found = []
    for item in items:
        said = classifier.classify(item.text, item.context)
        found.append(Outcome(item, said.agent, said.confidence, said.confidence >= classifier.high))
    return tuple(found)


def report(outcomes: Sequence[Outcome]) -> Report:
    """Return the figures; ``outcomes`` is not empty."""
    confusion: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in outcomes:
        confusion[each.item.agent][each.agent] += 1
    whole = _share(outcomes)
    return Report(
        whole.items,
        whole.accuracy,
        whole.answered,
        whole.accuracy_answered,
        whole.coverage,
        calibration_error(outcomes),
        _by(outcomes, "agent"),
        _by(outcomes, "lang"),
        _by(outcomes, "kind"),
        {wanted: dict(sorted(named.items())) for wanted, named in sorted(confusion.items())},
    )


def calibration_error(outcomes: Sequence[Outcome]) -> float:
    """Return by how much confidence and accuracy differ, over ten bins, weighed by their size."""
    bins: dict[int, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        bins[min(int(each.confidence * _BINS), _BINS - 1)].append(each)
    return sum(abs(sum(each.right for each in some) - sum(each.confidence for each in some)) for some in bins.values()) / len(outcomes)


def _by(outcomes: Sequence[Outcome], field: str) -> dict[str, Share]:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for each in outcomes:
        if name := getattr(each.item, field):
            groups[name].append(each)
    return {name: _share(groups[name]) for name in sorted(groups)}


def _share(outcomes: Sequence[Outcome]) -> Share:
    answered = [each for each in outcomes if each.answered]
    right = sum(each.right for each in answered)
    return Share(
        len(outcomes),
        sum(each.right for each in outcomes) / len(outcomes),
        len(answered),
        right / len(answered) if answered else 1.0,
        len(answered) / len(outcomes),
    )
