"""Results in the words of the real tools, for conversations with the rehearsal model."""

from collections.abc import Callable
from typing import Any

from artelier.domain.calls import ResultStatus

ALL = ("create_directory", "edit_file", "execute_command", "list_files", "read_file", "search_in_code", "write_file")
Result = tuple[ResultStatus, str]
DONE, FAILED, DENIED = ResultStatus.DONE, ResultStatus.FAILED, ResultStatus.DENIED

READ: Result = (DONE, '1\t[project]\n2\tname = "ledger"\n3\t\n4\tversion = 1\n[lines 1-4 of 40, read on with first_line=5]')
LIST: Result = (DONE, "a.py 1.2k\nb c.py 340\nsub/\n  d.py 3\nlink@")
SEARCH: Result = (DONE, "src/a.py\n3: # TODO one\n9: # TODO two\nsrc/b.py\n1: # TODO")
TESTS: Result = (FAILED, "..F\n1 failed, 2 passed in 0.1s\n[exit 1]")
RESULTS: dict[str, Result] = {
    "read_file": READ,
    "list_files": LIST,
    "search_in_code": SEARCH,
    "execute_command": TESTS,
    "write_file": (DONE, "Created notes.txt, 1 line, 5 bytes."),
    "edit_file": (DONE, "Edited x.py: +1 −1 lines.\n-a\n+b"),
    "create_directory": (DONE, "Created the folder docs."),
}
Talk = Callable[..., Any]
