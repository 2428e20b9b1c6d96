"""A process of its own that makes readable text of HTML, so that a page which never ends or fills the memory can be killed.

Run by path with ``python -I``; it knows the standard library and trafilatura only. On standard input, page after page:
one JSON line ``{"url", "size"}`` and the page in UTF-8. On standard output one JSON line each: ``{"title", "text"}``, or
``{"error"}`` where nothing could be made of it. The first line it writes is ``{"ready": true}``.
"""

import json
import resource
import sys
from typing import BinaryIO, TextIO

from trafilatura import extract, html2txt, load_html

_MEMORY = 2 * 1024**3
"""Bytes of address space; lxml needs about fifty times a page's size."""
_TITLE = 300


def main(source: BinaryIO, answers: TextIO) -> None:
    """Answer until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    sys.setrecursionlimit(2000)
    _answer(answers, {"ready": True})
    while header := source.readline():
        page = json.loads(header)
        _answer(answers, read(source.read(page["size"]).decode(), page["url"]))


def read(page: str, url: str) -> dict[str, object]:
    """Return title and text of one page: its article where one is found, otherwise all its words."""
    try:
        tree = load_html(page)
        if tree is None:
            return {"title": "", "text": page} if "<" not in page else {"error": "it is no HTML"}
        title = " ".join(str(tree.findtext(".//title") or "").split())[:_TITLE]
        text = extract(
            tree, url=url, output_format="markdown", include_links=True, include_tables=True, include_comments=False, favor_recall=True
        )
        return {"title": title, "text": text or html2txt(page)}
    except Exception as failure:  # noqa: BLE001  whatever a hostile page brings about is told, and ends this process
        return {"error": f"{type(failure).__name__}: {failure}"[:300]}


def _answer(answers: TextIO, value: dict[str, object]) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout)
