"""What a single command does by itself, whatever it runs in its turn."""

import re
from collections.abc import Sequence

from artelier.approvals.harm import destroys
from artelier.approvals.reach import reaches_out
from artelier.approvals.shell_tree import Spoken

_INTERPRETERS = frozenset({"python", "python3", "perl", "ruby", "node", "php", "psql", "mysql", "sqlite3", "redis-cli", "ssh", "mongosh"})


def ends_options(program: str, texts: Sequence[str]) -> bool:
    """Whether words that come on top are files to read, and nothing else, as they stand behind ``--``."""
    return "--" in texts and program in {"git", "sort", "diff", "rg", "sed", "jq", "bat", "nm", "base64"}


def stands(spoken: Spoken) -> bool:
    """Whether a command's words reach it as they stand."""
    loose = any(word.open_start or (word.glob and word.text[:1] in "*?[{") for word in spoken.words)
    return not loose and not spoken.assigned and not spoken.function and bool(spoken.words) and not spoken.reads


def own_effects(program: str, texts: Sequence[str], spoken: Spoken) -> tuple[bool, bool]:
    """Return whether the program itself destroys, and whether it reaches out."""
    told = spoken.stdin if program in _INTERPRETERS else None
    paths = (*spoken.reads, *spoken.writes)
    empties = program in {":", "true"} and bool(spoken.writes)
    nothing = program == "cat" and list(texts) == ["/dev/null"] and bool(spoken.writes)
    module = re.fullmatch(r"python[\d.]*|pip[\d.]*", program)
    name = module[0].rstrip("0123456789.") if module else program
    return empties or nothing or destroys(name, texts, spoken.writes, told), reaches_out(name, texts, paths, told)
