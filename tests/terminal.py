"""A terminal for tests: a program at a pseudo-terminal, what it shows, and keys for it."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b[()][AB0]|\x1b[=>]|\r")
PATIENCE = 20.0
AGAIN = 0.7


class Terminal:
    """Runs a command at a pseudo-terminal of a given width."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path, *, columns: int = 80) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        environment = {**environment, "TERM": "xterm"}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=folder, start_new_session=True, close_fds=True
        )
        os.close(slave)
        self.raw = ""
        self._seen = 0

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)

    @property
    def shown(self) -> str:
        """Everything shown so far, without the terminal's own commands."""
        return _ESCAPES.sub("", self.raw)

    def expect(self, text: str) -> None:
        """Wait until a text is shown after what was expected before."""
        end = time.monotonic() + PATIENCE
        while text not in self.shown[self._seen :]:
            assert time.monotonic() < end, f"{text!r} did not come; shown: {self.shown[self._seen :][-3000:]}"
            if not self._read(0.2):
                assert text in self.shown[self._seen :], f"it ended without {text!r}; shown: {self.shown[-3000:]}"
        self._seen = self.shown.index(text, self._seen) + len(text)

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def press_until(self, keys: str, text: str) -> None:
        """Press keys again and again until a text is shown: a question takes no keys before it was seen a while."""
        end = time.monotonic() + PATIENCE
        while text not in self.shown[self._seen :]:
            assert time.monotonic() < end, f"{text!r} did not come; shown: {self.shown[self._seen :][-3000:]}"
            self.press(keys)
            pressed = time.monotonic()
            while text not in self.shown[self._seen :] and time.monotonic() - pressed < AGAIN:
                self._read(0.1)
        self.expect(text)

    def end(self) -> int:
        """Read until the program ends; return its code."""
        end = time.monotonic() + PATIENCE
        while self._read(0.2):
            assert time.monotonic() < end, f"it did not end; shown: {self.shown[-3000:]}"
        return self.process.wait(PATIENCE)

    def _read(self, patience: float) -> bool:
        """Read what is there; False once the program has ended and nothing is left."""
        ready, _, _ = select.select([self._master], [], [], patience)
        if not ready:
            return self.process.poll() is None
        try:
            piece = os.read(self._master, 65536)
        except OSError:
            return False
        self.raw += piece.decode(errors="replace")
        if b"\x1b[6n" in piece:  # where is the cursor?
            self.press("\x1b[1;1R")
        return bool(piece)
