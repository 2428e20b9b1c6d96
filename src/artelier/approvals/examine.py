"""What a shell text would do, command by command: a person's reading of it, made from its syntax tree and never from words about it.

``read_only`` here is a careful person's sense of it. What the scheduler runs beside other calls is decided by ``read_only.py``,
which knows less and is stricter; neither lets anything run unasked that a rule does not allow.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

from artelier.approvals.evaluated_names import evaluates_names
from artelier.approvals.named_paths import Named, paths_named, redirected
from artelier.approvals.options import has, operands
from artelier.approvals.own_effects import ends_options, own_effects, stands
from artelier.approvals.readers import asks_about_itself, only_reads_by_person, takes_any_word
from artelier.approvals.secrets import brings_secrets, could_be_secret_file
from artelier.approvals.shell_tree import Spoken, Text, read_text
from artelier.approvals.shell_words import NotReadableError, Word
from artelier.approvals.variables import harmless_for_all, harmless_for_one
from artelier.approvals.wrappers import SHELLS, Wrapped, changes_something, wrapped_by
from artelier.approvals.written import files_written

_DEEPEST = 6
"""Texts within texts; nobody means deeper ones."""
_SYSTEM_FOLDERS = frozenset({"/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt/homebrew/bin"})
_MOST_FOLDERS = 16
_LIKE_REDIRECTIONS = frozenset({"tee", "sort", "curl", "shuf", "wget", "dd", "sponge"})
"""Programs whose files are written as a redirection writes them: no rule that allows covers it."""
_DECLARING = frozenset({"export", "declare", "typeset", "local", "readonly"})
_SETTING = frozenset({"read", "mapfile", "readarray", "printf", "getopts", "unset", "let"})
"""Words that set variables as assignments do."""
_READING_PROGRAMS = frozenset({"python", "python3", "perl", "ruby", "node", "php", "lua"})
"""They run what they are fed, where no word names a program."""


class Examined(Struct, frozen=True):
    """One simple command and what it does."""

    argv: tuple[str, ...]
    """Its words as the program gets them; what an expansion adds stands as it was written."""
    read_only: bool = False
    destructive: bool = False
    network: bool = False


class Examination(Struct, frozen=True):
    """All that a shell text would run, those within other commands included."""

    commands: tuple[Examined, ...] = ()
    parseable: bool = False
    """Whether it can be said of every part what it would run; otherwise no rule allows it."""
    fed: bool = False
    """Whether a shell in it runs what something else prints, so that nobody knows what."""
    sure: bool = False
    """Whether its programs get the words as they stand, and nothing else in the text changes what they do or where output goes."""
    writes: tuple[str, ...] = ()
    """Files that outputs are sent to, or that programs write because their words say so."""
    private: bool = False
    """Whether it reads what looks like secrets."""
    named: tuple[Named, ...] = ()
    """The paths that its words name."""

    @property
    def read_only(self) -> bool:
        """Whether every command of it is for reading."""
        return self.parseable and all(each.read_only for each in self.commands)

    @property
    def destructive(self) -> bool:
        """Whether any command of it destroys."""
        return any(each.destructive for each in self.commands)

    @property
    def network(self) -> bool:
        """Whether any command of it reaches out."""
        return any(each.network for each in self.commands)


@lru_cache(maxsize=512)
def examine(text: str) -> Examination:
    """Return what a shell text would do; pure, and whatever cannot be read is said to be unparseable."""
    examiner = _Examiner()
    examiner.text(text, 0)
    writes = tuple(dict.fromkeys(examiner.writes))
    named = tuple(dict.fromkeys(examiner.named))
    return Examination(tuple(examiner.found), examiner.parseable, examiner.fed, examiner.stands, writes, examiner.private, named)


class _Examiner:
    """Gathers what commands do while texts are followed into one another."""

    def __init__(self) -> None:
        self.found: list[Examined] = []
        self.writes: list[str] = []
        self.named: list[Named] = []
        self.parseable = True
        self.fed = False
        self.private = False
        self.sure = True
        self._dirty = False
        self._values: dict[str, list[str]] = {}
        self._folders = [""]
        self._redirects = False
        self._alone = True
        self._renamed: set[str] = set()
        self._functions: dict[str, list[Examined]] = {}

    @property
    def stands(self) -> bool:
        """Whether programs get their words as they stand, and output goes nowhere else."""
        return self.sure and self.parseable and not self.fed and not self._redirects

    def text(self, text: str, depth: int) -> list[Examined]:
        """Examine one text and return what it runs."""
        spoken = _read(text) if depth <= _DEEPEST else None
        if spoken is None:
            self.parseable = False
            return []
        self._prepare(spoken)
        self._alone = self._alone and not any(each.piped for each in spoken.commands) and not re.search(r"\$\(|`|[<>]\(", text)
        first = len(self.found)
        for each in spoken.commands:
            self.command(each, depth)
        return self.found[first:]

    def _prepare(self, spoken: Text) -> None:
        """Note what changes the meaning of commands anywhere in the text: variables, functions, aliases."""
        self.parseable = self.parseable and not spoken.unclear
        for name, value in spoken.values:
            self._values.setdefault(name, []).append(value)
        self._dirty = self._dirty or not all(map(harmless_for_all, spoken.assigned))
        self.sure = self.sure and not spoken.assigned and not spoken.commented and all(map(stands, spoken.commands))
        for each in spoken.commands:
            words = [word.text for word in each.words]
            if each.function:
                self._functions.setdefault(each.function, [])
            if words[:1] == ["alias"]:
                self._renamed.update(word.partition("=")[0] for word in words[1:])
            if words and words[0] in _DECLARING | _SETTING:
                names = (word.partition("=")[0] for word in words[1:] if not word.startswith("-"))
                self._dirty = self._dirty or not all(map(harmless_for_all, names))

    def command(self, spoken: Spoken, depth: int, *, fed: bool = False) -> Examined:
        """Examine one simple command with what it runs in its turn."""
        place = len(self.found)
        self.found.append(Examined(()))
        one = self._examined(spoken, depth, fed=fed)
        self.found[place] = one
        self.writes += spoken.writes
        self._redirects = self._redirects or bool(spoken.writes)
        for path in (*spoken.writes, *spoken.reads):
            self.named += redirected(path, self._values, tuple(self._folders))
        if spoken.function:
            self._functions[spoken.function].append(one)
        return one

    def _examined(self, spoken: Spoken, depth: int, *, fed: bool) -> Examined:
        argv = tuple(word.text for word in spoken.words)
        self.private = self.private or any(could_be_secret_file(path, self._values) for path in spoken.reads)
        if not argv:
            return Examined(argv, read_only=not spoken.writes, destructive=bool(spoken.writes) and spoken.stdin is None)
        program = self._program(spoken.words[0])
        if not program:
            self.parseable = False
            return Examined(argv)
        if program in self._functions:
            return self._called(argv, program, spoken)
        rest = spoken.words[1:]
        if evaluates_names(program, rest):
            self.parseable = False
        inside = self._inside(program, spoken, depth, fed=fed)
        texts = argv[1:]
        noted = self._note(program, rest)
        own = own_effects(program, texts, spoken)
        self._name(program, spoken, whole=own[0] or program in {"mv", "rmdir"})
        reading = self._reads(program, rest, spoken, inside, fed=fed)
        return Examined(
            argv,
            read_only=reading and not noted and own == (False, False),
            destructive=own[0] or any(each.destructive for each in inside),
            network=own[1] or any(each.network for each in inside),
        )

    def _program(self, word: Word) -> str:
        """Return the name of the program, empty where nobody can tell it."""
        name = word.text.rpartition("/")[2] or word.text
        if not word.fixed or (word.glob and name not in {"[", "[["}) or ("/" not in word.text and not word.text.isascii()):
            return ""
        return name.removesuffix(".exe")

    def _called(self, argv: tuple[str, ...], name: str, spoken: Spoken) -> Examined:
        if spoken.function == name:
            return Examined(argv, destructive=True)
        body = self._functions[name]
        return Examined(
            argv,
            read_only=bool(body) and all(each.read_only for each in body) and not spoken.writes,
            destructive=any(each.destructive for each in body),
            network=any(each.network for each in body),
        )

    def _inside(self, program: str, spoken: Spoken, depth: int, *, fed: bool) -> list[Examined]:
        """Examine what the command runs in its turn."""
        rest = spoken.words[1:]
        wrapped = wrapped_by(program, rest) or Wrapped()
        if wrapped.opaque:
            self.parseable = False
        first = len(self.found)
        for words in wrapped.commands:
            inner = Spoken(words, stdin=spoken.stdin, piped=spoken.piped, writes=(), function="")
            if depth >= _DEEPEST:
                self.parseable = False
            else:
                self.command(inner, depth + 1, fed=fed or wrapped.fed)
        for script in wrapped.scripts:
            self.text(script.text, depth + 1)
        texts = [word.text for word in rest]
        if program in _READING_PROGRAMS and spoken.piped and spoken.stdin is None and not [each for each in operands(texts) if each != "-"]:
            self.fed = self.fed or not asks_about_itself(program, texts)
        if program in SHELLS or program == "ssh":
            self._fed_shell(program, rest, spoken, depth)
        return self.found[first:]

    def _fed_shell(self, program: str, words: Sequence[Word], spoken: Spoken, depth: int) -> None:
        """Follow what a shell reads as its text."""
        takes_input = program == "ssh" or not operands([word.text for word in words]) or has([word.text for word in words], "-s")
        if program in SHELLS and any(word.text.startswith("-") and "c" in word.text for word in words):
            return
        if takes_input and spoken.stdin is not None:
            self.text(spoken.stdin, depth + 1)
        elif takes_input and spoken.piped and program in SHELLS:
            self.fed = True

    def _note(self, program: str, words: Sequence[Word]) -> bool:
        """Note the files that a program writes because it is told to; return whether it brings out secrets."""
        texts = [word.text for word in words]
        written = files_written(program, texts)
        self.writes += written
        self._redirects = self._redirects or (bool(written) and program in _LIKE_REDIRECTIONS)
        prints_all = program in {"env", "printenv", "export", "set", "declare"} and not texts
        secret = prints_all or brings_secrets(program, words, self._values, alone=self._alone)
        self.private = self.private or secret
        return secret or bool(written)

    def _name(self, program: str, spoken: Spoken, *, whole: bool) -> None:
        """Note the paths that a command names, and where it goes."""
        words, folders = spoken.words[1:], tuple(self._folders)
        if program in {"cd", "pushd"} or (program in {"git", "make", "tar", "env"} and any(word.text == "-C" for word in words)):
            self._go(words if program in {"cd", "pushd"} else [after for before, after in pairwise(words) if before.text == "-C"])
            folders = tuple(self._folders)
        first = spoken.words[:1] if "/" in spoken.words[0].text else ()
        self.named += paths_named(program, (*first, *words), self._values, folders, whole=whole)

    def _go(self, words: Sequence[Word]) -> None:
        for word in words:
            if word.text.startswith("-") and word.text != "-":
                continue
            if not word.fixed or word.glob or word.text == "-" or len(self._folders) >= _MOST_FOLDERS:
                self.named.append(Named("**", sure=False))
            else:
                outward = word.text.startswith(("/", "~"))
                self._folders += [word.text if outward or not folder else f"{folder}/{word.text}" for folder in tuple(self._folders)]

    def _reads(self, program: str, rest: Sequence[Word], spoken: Spoken, inside: Sequence[Examined], *, fed: bool) -> bool:
        if self._dirty or spoken.writes or program in self._renamed or not self._stands_for_itself(spoken):
            return False
        texts = [word.text for word in rest]
        if any(could_be_secret_file(path, self._values) for path in spoken.reads):
            return False
        if program in _DECLARING:
            return bool(texts) and all(not text.startswith("-") or text in {"-i", "-a", "-A", "-r"} for text in texts)
        if fed and not takes_any_word(program) and not (inside and program not in SHELLS) and not ends_options(program, texts):
            return asks_about_itself(program, texts)
        wrapped = wrapped_by(program, rest)
        if wrapped is None or asks_about_itself(program, texts):
            return only_reads_by_person(program, rest)
        if wrapped.opaque or not all(map(harmless_for_one, wrapped.assigned)):
            return False
        if program == "find" and not only_reads_by_person(program, rest):
            return False
        return wrapped.transparent and not changes_something(program) and all(each.read_only for each in inside)

    @staticmethod
    def _stands_for_itself(spoken: Spoken) -> bool:
        """Whether the program is the one of that name, and nothing set for it alone changes what it does."""
        folder, slash, _ = spoken.words[0].text.rpartition("/")
        return all(map(harmless_for_one, spoken.assigned)) and (not slash or folder in _SYSTEM_FOLDERS)


def _read(text: str) -> Text | None:
    try:
        return read_text(text)
    except (NotReadableError, RecursionError):
        return None
