"""What the classifier sees of a request: words, parts of words, what they are about, shape, and what went before in the session."""

import re
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from msgspec import Struct

from artelier.routing.concepts import concept
from artelier.routing.moods import mood
from artelier.routing.normalise import Normalised

BUCKETS = 1 << 17
"""Features are hashed into so many buckets."""
_TOKENS = 66
"""Tokens that are read; of a longer request the first 44 and the last 22."""
_FIRST_TOKENS = 44
_SHORT, _VERY_SHORT = 7, 4
_STEM = 5
_TOKEN = re.compile(
    r"(?P<url>https?://\S+)|(?P<file>[\w./\\-]*\w\.[a-z]{1,5}\b(?!\()|\.\w+|(?:[\w.-]+/)+[\w.-]*)|(?P<mention>@\w+)|(?P<name>\w+\([^)\n]*\)|\w*_\w+)"
    r"|(?P<number>\d[\d.,:%]*)|(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*|&)|(?P<end>[?!]+|\n|[.;:](?=\s|$))|(?P<comma>,|—|–|\s-\s)"
)
_FACETS = frozenset({"test", "docs", "frontend", "backend", "database", "deploy", "auth", "mobile"})
_ACTIONS = {
    "make": "make",
    "change": "make",
    "fix": "fix",
    "find": "find",
    "look": "find",
    "design": "design",
    "plan": "design",
    "debug": "find",
}
_ENDS, _JOINTS = frozenset({".", "?"}), frozenset({","})
_CONTEXT_PAIRS = 12
_MOODS = 16
"""Tokens at the beginning whose endings are read."""


class Context(Struct, frozen=True):
    """What is known of the session; everything may be left out."""

    previous_agent: str | None = None
    last_error: bool | str | None = None
    """Whether the last run or its last command failed, or what it said; what it said is not read."""
    files_changed: int | tuple[str, ...] | None = None
    """How many files changed so far in the session, or which."""


class Features(Struct, frozen=True):
    """Buckets of features in three groups, each weighed by its own size."""

    words: tuple[int, ...]
    shape: tuple[int, ...]
    context: tuple[int, ...]


def features(said: Normalised, context: Context) -> Features:
    """Return the features of a request in its session; the same on every machine."""
    tokens, words = _tokens(said.prose)
    concepts = [(token, concept(token)) for token in tokens]
    ideas = [idea for _, idea in concepts if idea]
    shape = _shape(said, tokens, words, ideas) + _starts(tokens) + _moods(tokens)
    around = _context(context, words, ideas)
    text = [index for word in dict.fromkeys(words) for index in _of_word(word)]
    text += [_bucket(each) for each in dict.fromkeys(_pairs(tokens))]
    text += [_bucket(f"p {word[:8]}") for word in dict.fromkeys(re.findall(r"[^\W\d_]{3,}", said.pasted)[-20:])]
    return Features(tuple(text), tuple(map(_bucket, dict.fromkeys(shape))), tuple(map(_bucket, dict.fromkeys(around))))


def _tokens(prose: str) -> tuple[list[str], list[str]]:
    """Return every token, marks included, and the words alone."""
    tokens: list[str] = []
    words: list[str] = []
    for match in _TOKEN.finditer(prose):
        kind, text = match.lastgroup, match.group()
        if kind == "word":
            tokens.append(text)
            words.append(text)
        elif kind == "end":
            tokens.append("?" if "?" in text else ".")
        elif kind == "file":
            tokens.append("~file")
            words += [f"f:{part}" for part in re.findall(r"[^\W\d_]{2,}", text)[-3:]]
        elif kind != "mention":
            tokens.append("," if kind == "comma" else f"~{kind}")
    if len(tokens) > _TOKENS:
        tokens = tokens[:_FIRST_TOKENS] + tokens[_FIRST_TOKENS - _TOKENS :]
    return tokens, words[: _TOKENS - 1]


@lru_cache(maxsize=8192)
def _of_word(word: str) -> tuple[int, ...]:
    """Return the buckets of a word, its beginnings, its end and its groups of four letters."""
    found = [f"w {word}", f"s {word[:_STEM]}", f"t {word[:4]}"]
    if len(word) > _STEM + 1:
        found += [f"s7 {word[:7]}", f"e {word[-3:]}"]
    edged = f"<{word}>"
    found += [f"c {edged[at : at + 4]}" for at in range(min(len(edged) - 3, 12))]
    return tuple(_bucket(each) for each in dict.fromkeys(found))


def _pairs(tokens: list[str]) -> list[str]:
    """Return neighbours, neighbours but one, and what the text begins and ends with."""
    stems = [token[:_STEM] for token in tokens]
    found = [f"b {one} {two}" for one, two in pairwise(stems)]
    found += [f"k {one} {two}" for one, two in zip(stems, stems[2:], strict=False)]
    found += [f"3 {one} {two} {three}" for one, two, three in zip(stems[:8], stems[1:9], stems[2:10], strict=False)]
    if stems:
        found += [f"first {stems[0]}", f"first {' '.join(stems[:2])}", f"last {' '.join(stems[-2:])}"]
    return found


def _starts(tokens: list[str]) -> list[str]:
    """Return what sentences and clauses begin with, where an order stands."""
    found, fresh, clause = [], True, False
    for token in tokens:
        if token in _ENDS:
            fresh = True
        elif token in _JOINTS or concept(token) in {"and", "sequence"}:
            clause = True
        else:
            if fresh:
                found += [f"i {token[:_STEM]}", f"I {concept(token) or '-'}"]
            elif clause:
                found += [f"a {token[:_STEM]}", f"A {concept(token) or '-'}"]
            fresh = fresh and concept(token) in {"please", "yes", "thanks", "can"}
            clause = False
    return found


def _moods(tokens: list[str]) -> list[str]:
    """Return how the first words are bent, and what a word is about together with how it is bent."""
    bent = [mood(token) for token in tokens[:_MOODS]]
    told = [each for each in bent if each and each != ","]
    found = [f"M1 {bent[0] if bent else '-'}", f"M2 {' '.join(each or '-' for each in bent[:2])}", f"M3 {' '.join(told[:3])}"]
    found += [f"M {each}" for each in told] + [f"MM {one} {two}" for one, two in pairwise(told)]
    found += [f"MC {each or '-'} {concept(token)}" for token, each in zip(tokens, bent, strict=False) if concept(token)]
    found += [f"MN {one or '-'} {concept(before)}" for before, one in zip(tokens, bent[1:], strict=False) if concept(before)]
    return found


def _shape(said: Normalised, tokens: list[str], words: list[str], ideas: list[str]) -> list[str]:
    """Return what the text is about, in order, and what it looks like."""
    merged = [idea for at, idea in enumerate(ideas) if not at or ideas[at - 1] != idea]
    found = [f"C {idea}" for idea in merged]
    found += [f"CC {one} {two}" for one, two in pairwise(merged)]
    found += [f"CK {one} {two}" for one, two in zip(merged, merged[2:], strict=False)]
    found += [f"C3 {one} {two} {three}" for one, two, three in zip(merged[:4], merged[1:5], merged[2:6], strict=False)]
    strong = [idea for idea in merged if idea not in {"and", "please", "can", "name", "file"}]
    if strong:
        found += [f"C1 {strong[0]}", f"C12 {' '.join(strong[:2])}", f"C0 {strong[-1]}"]
    found += [f"N {idea} {number}" for idea in ("and", "sequence", "all", "make") for number in (2, 3, 4) if ideas.count(idea) >= number]
    facets, actions = len(_FACETS & set(ideas)), {_ACTIONS[idea] for idea in ideas if idea in _ACTIONS}
    found += [f"facets {number}" for number in (1, 2, 3, 4) if facets >= number]
    found += [f"actions {' '.join(sorted(actions))}", f"actions {len(actions)}"]
    commas = tokens.count(",")
    found += [f"commas {number}" for number in (2, 3, 4) if commas >= number]
    found += [f"lists {min(facets, 3)} {min(commas, 3)}", f"all {min(ideas.count('all'), 2)} {min(facets + len(actions), 4)}"]
    size = len(words)
    found += [f"size {limit}" for limit in (1, 2, 3, 5, 8, 15, 30, 60) if size <= limit]
    question = "?" in tokens
    found += [f"question {question} {strong[0] if strong else '-'}", f"ends {tokens[-1] if tokens and tokens[-1] in '?.' else '-'}"]
    flags = {"trace": said.trace, "log": said.log, "code": said.code, "error name": said.error_name, "question": question}
    found += [f"has {name}" for name, there in flags.items() if there]
    found.append(f"pasted {said.trace or said.log} {said.code} {min(size, 3)} {strong[0] if strong else '-'}")
    return found


def _context(context: Context, words: list[str], ideas: list[str]) -> list[str]:
    """Return what went before, alone and together with what a short request says."""
    if not (context.previous_agent or context.last_error or context.files_changed):
        return []
    before, failed = context.previous_agent or "-", "failed" if context.last_error else "fine"
    size = "tiny" if len(words) <= _VERY_SHORT else "short" if len(words) <= _SHORT else "long"
    files = context.files_changed if isinstance(context.files_changed, int) else len(context.files_changed or ())
    changed = "many" if files > _VERY_SHORT else "few" if files else "none"
    found = [f"before {before}", f"before {before} {failed}", f"before {before} {size}", f"before {before} {size} {failed}"]
    found += [f"{failed} {size}", f"changed {changed} {size}", f"changed {changed} {failed}"]
    if size != "long":
        stems = [word[:_STEM] for word in words]
        found += [f"before {before} w {stem}" for stem in stems] + [f"{failed} w {stem}" for stem in stems]
        found += [f"before {before} all {' '.join(stems)}", f"before {before} {failed} all {' '.join(stems)}"]
        found += [f"before {before} C {idea}" for idea in ideas[:_CONTEXT_PAIRS]] + [
            f"{failed} C {idea}" for idea in ideas[:_CONTEXT_PAIRS]
        ]
        found += [f"before {before} CC {' '.join(ideas[:2])}", f"before {before} nothing" if not ideas else ""]
    return found


def _bucket(feature: str) -> int:
    return crc32(feature.encode()) & (BUCKETS - 1)
