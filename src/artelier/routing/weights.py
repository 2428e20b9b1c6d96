"""The weights of the classifier: a small file of whole numbers, checked when it is read. No pickle."""

from hashlib import sha256
from pathlib import Path
from zlib import compress, decompress
from zlib import error as ZlibError  # noqa: N812  an exception, whatever the library calls it

import msgspec
from msgspec import Struct

from artelier.domain.errors import ArtelierError
from artelier.routing.features import BUCKETS

ZERO = 128
SHIPPED = Path(__file__).parent / "router.weights"
_MAGIC = b"artelier-router-1\n"


class Header(Struct, frozen=True):
    """What stands before the numbers."""

    agents: tuple[str, ...]
    bias: tuple[float, ...]
    """One for each agent, in the unit of the scores."""
    scales: tuple[float, ...]
    """What one step of an agent's whole numbers is worth."""
    groups: tuple[float, float, float]
    """How much words, shape and context count."""
    temperature: float
    """Scores are multiplied by it so that confidence means what it says."""
    high: float
    """From this confidence on the classifier answers by itself."""
    low: float
    """Beneath this confidence it does not even guess."""
    data: str = ""
    """SHA-256 of the data they were trained and calibrated on."""
    digest: str = ""
    """SHA-256 of the numbers, packed."""


class Weights(Struct, frozen=True):
    """The numbers of each agent, a byte a bucket; a byte is ``ZERO`` more than the number it stands for."""

    header: Header
    numbers: tuple[bytes, ...]


def load(path: Path = SHIPPED) -> Weights:
    """Return the weights of a file. Raises ``ArtelierError`` when it is missing, damaged or made for other features."""
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise _unusable(path, f"it cannot be read ({failure.strerror or failure})") from failure
    if not content.startswith(_MAGIC):
        raise _unusable(path, "it is no file of weights, or one of another version")
    line, _, packed = content.removeprefix(_MAGIC).partition(b"\n")
    try:
        header = msgspec.json.decode(line, type=Header)
        if sha256(packed).hexdigest() != header.digest:
            raise _unusable(path, "its numbers are damaged")
        numbers = decompress(packed)
    except (msgspec.MsgspecError, ZlibError) as failure:
        raise _unusable(path, f"it is damaged ({failure})") from failure
    if len(numbers) != BUCKETS * len(header.agents) or not len(header.agents) == len(header.bias) == len(header.scales):
        raise _unusable(path, "it was made for other features")
    return Weights(header, tuple(numbers[at : at + BUCKETS] for at in range(0, len(numbers), BUCKETS)))


def pack(weights: Weights) -> bytes:
    """Return what ``load`` reads; the same weights give the same bytes."""
    packed = compress(b"".join(weights.numbers), 9)
    header = msgspec.structs.replace(weights.header, digest=sha256(packed).hexdigest())
    return _MAGIC + msgspec.json.encode(header) + b"\n" + packed


def _unusable(path: Path, why: str) -> ArtelierError:
    return ArtelierError(
        f"The router's weights {path} cannot be used: {why}. Install Artelier again, or rebuild them with `just train-router`."
    )
