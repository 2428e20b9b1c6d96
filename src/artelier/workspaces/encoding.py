"""How the text of a file is encoded: found without asking, kept when it is written back.

Order of the search: a byte order mark (UTF-8, UTF-16); UTF-8 where every byte fits; otherwise cp1251 or KOI8-R,
whichever reads more like Russian. Both have one byte a letter, so the two readings hold the same number of letters and
their scores can be compared: the sum over all letters beyond ASCII of the logarithm of their frequency in Russian
(Russian National Corpus), with a small fine for capitals and a large one for each capital right after a small letter: the
two encodings have their cases swapped, so a wrong reading turns ``Привет`` into ``оПХБЕР``. A tie is cp1251. Mistaken are
less than one in a hundred texts of a single word in small letters, a quarter of those in capitals, almost none of four words.
A file in another single-byte encoding is read as one of the two: its letters look wrong, yet every byte is kept.
"""

import codecs
import math
import re
from collections import Counter
from typing import NamedTuple

from artelier.domain.errors import ArgumentsInvalid


class Encoding(NamedTuple):
    """A codec of Python and the byte order mark the file begins with."""

    name: str
    codec: str
    mark: bytes = b""


UTF8 = Encoding("utf-8", "utf-8")
CP1251 = Encoding("cp1251", "cp1251")
KOI8R = Encoding("koi8-r", "koi8-r")
MARKED = (
    Encoding("utf-8-sig", "utf-8", codecs.BOM_UTF8),
    Encoding("utf-16-le", "utf-16-le", codecs.BOM_UTF16_LE),
    Encoding("utf-16-be", "utf-16-be", codecs.BOM_UTF16_BE),
)
ALL = (UTF8, CP1251, KOI8R, *MARKED)

_SAMPLE = 64 * 1024
"""Bytes that are looked at to tell cp1251 from KOI8-R."""
_LETTERS = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_PER_TEN_THOUSAND = (
    *(1097, 845, 801, 735, 670, 626, 547, 473, 454, 440, 349, 321, 298, 281, 262, 201, 190),
    *(174, 170, 165, 159, 144, 121, 97, 94, 73, 64, 48, 36, 32, 26, 4, 4),
)
_FREQUENCIES = dict(zip(_LETTERS, _PER_TEN_THOUSAND, strict=True))
_CAPITALS_FINE = 3.0
_SWAPPED_CASE_FINE = 8.0
_STRANGER = -8.0
_COMMON_MARKS = frozenset("«»—–„“”’…№\xa0")
_WEIGHTS = {
    **{letter: math.log2(frequency) for letter, frequency in _FREQUENCIES.items()},
    **{letter.upper(): math.log2(frequency) for letter, frequency in _FREQUENCIES.items()},
    **dict.fromkeys(_COMMON_MARKS, math.log2(10)),
}
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_CAPITAL = re.compile("[А-ЯЁ]")
_SWAPPED_CASE = re.compile("[а-яё][А-ЯЁ]")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\b\x1b"))
_CONTROL_SHARE = 0.05
"""More control characters than this and a file that is no UTF-8 is taken for binary."""


def find_encoding(data: bytes, *, cut: bool = False) -> Encoding | None:
    """Return the encoding of a file's bytes, or of its beginning when ``cut``; None where they are no text."""
    marked = next((encoding for encoding in MARKED if data.startswith(encoding.mark)), None)
    for candidate in (marked, UTF8):
        if candidate is not None and _fits(data, candidate, cut=cut):
            return candidate
    if b"\0" in data or len(data) - len(data.translate(None, _CONTROLS)) > len(data) * _CONTROL_SHARE:
        return None
    return _more_russian(data)


def decode(data: bytes, encoding: Encoding) -> str:
    """Return the text without its mark, of bytes whose encoding was found."""
    return data[len(encoding.mark) :].decode(encoding.codec)


def encode(text: str, encoding: Encoding, path: str) -> bytes:
    """Return the bytes of the text with its mark. Raises ``ArgumentsInvalid`` for characters that do not fit."""
    if "\0" in text:
        raise ArgumentsInvalid(f"The text for {path!r} has a NUL character, which text files do not hold. Leave it out.")
    try:
        return encoding.mark + text.encode(encoding.codec)
    except UnicodeEncodeError as error:
        character = text[error.start]
        raise ArgumentsInvalid(
            f"{path!r} is kept in {encoding.name}, which has no {character!r} (U+{ord(character):04X}). Write it in other characters."
        ) from error


def _fits(data: bytes, encoding: Encoding, *, cut: bool) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding.codec)().decode(data[len(encoding.mark) :], final=not cut)
    except UnicodeDecodeError:
        return False
    return "\0" not in text


def _more_russian(data: bytes) -> Encoding:
    beyond_ascii = _BEYOND_ASCII.search(data)
    start = beyond_ascii.start() if beyond_ascii else 0
    sample = data[start : start + _SAMPLE]
    scores = {encoding: _score(sample, encoding) for encoding in (CP1251, KOI8R) if _fits(data, encoding, cut=False)}
    return max(scores, key=lambda encoding: scores[encoding])


def _score(sample: bytes, encoding: Encoding) -> float:
    text = sample.decode(encoding.codec)
    letters = sum(_WEIGHTS.get(character, _STRANGER) * count for character, count in Counter(text).items() if not character.isascii())
    fine = _CAPITALS_FINE if _CAPITAL.search(text) else 0.0
    return letters - fine - _SWAPPED_CASE_FINE * len(_SWAPPED_CASE.findall(text))
