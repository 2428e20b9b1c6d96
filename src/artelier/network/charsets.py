"""How the text of a page is encoded: its byte order mark, what the server or the page says, what fits.

The order is that of the WHATWG Encoding and HTML standards, with UTF-8 before a guess. Among single-byte encodings the guess
looks at the bytes alone: words wholly of high bytes are Cyrillic, single ones are accents of a Latin script; cp1251 has its
small letters at 0xE0-0xFF, KOI8-R at 0xC0-0xDF, and most letters of a text are small.
"""

import codecs
import re
from typing import NamedTuple

_DECLARED = re.compile(rb"""(?:charset\s*=\s*|<\?xml[^>]{0,80}encoding\s*=\s*)["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)
_DECLARED_WITHIN = 4096
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_WIDER = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949"}
"""What browsers take these labels for."""
_KNOWN = frozenset(
    (
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "cp866", "mac-cyrillic", "shift_jis", "cp932"),
        *("euc_jp", "iso2022_jp", "big5", "gb18030", "cp949", "cp874"),
        *(f"cp125{number}" for number in range(9)),
        *(f"iso8859-{number}" for number in range(1, 17)),
    )
)
"""Python also has codecs that are no encodings of text, and some that decompress."""
_HIGH_WORD = re.compile(rb"[\xa8\xb8\xc0-\xff\xa3\xb3]{3,}")


class Decoded(NamedTuple):
    """The text and the codec it was read by."""

    text: str
    encoding: str


def decode_page(content: bytes, told: str, *, markup: bool) -> Decoded:
    """Return the text of a page; ``told`` is the server's charset, ``markup`` lets the page itself say one.

    What does not fit its encoding becomes U+FFFD: a page with a broken letter is still read.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return Decoded(content[len(mark) :].decode(encoding, "replace"), encoding)
    said = known_encoding(told) or (_declared(content) if markup else "")
    if said and said != "utf-8":
        return Decoded(content.decode(said, "replace"), said)
    text = _utf8(content)
    if text is not None:
        return Decoded(text, "utf-8")
    if said:
        return Decoded(content.decode("utf-8", "replace"), said)
    encoding = _guessed(content)
    return Decoded(content.decode(encoding, "replace"), encoding)


def known_encoding(label: str) -> str:
    """Return Python's name of an encoding of text, empty for a label that is none."""
    try:
        name = codecs.lookup(label).name if label else ""
    except (LookupError, ValueError):
        return ""
    wider = _WIDER.get(name, name)
    return wider if wider in _KNOWN else ""


def _declared(content: bytes) -> str:
    found = _DECLARED.search(content[:_DECLARED_WITHIN])
    encoding = known_encoding(found[1].decode("ascii")) if found else ""
    return "utf-8" if encoding.startswith("utf-16") else encoding  # a page whose ASCII could be read is no UTF-16


def _utf8(content: bytes) -> str | None:
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(content)  # a letter cut in two at the end is left out
    except UnicodeDecodeError:
        return None


def _guessed(content: bytes) -> str:
    words = b"".join(_HIGH_WORD.findall(content))
    high = len(content) - len(content.translate(None, bytes(range(0x80, 0x100))))
    if len(words) * 2 < high:
        return "cp1252"
    small_in_1251 = sum(byte >= 0xE0 for byte in words)  # noqa: PLR2004  see above
    return "cp1251" if small_in_1251 * 2 >= len(words) else "koi8-r"
