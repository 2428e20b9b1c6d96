"""Environments of the peers, each made from its lock when it is not there or the lock has changed."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def peers_python(name: str = "peers") -> str:
    """Return the interpreter of the environment of ``NAME.lock``. Raises ``SystemExit`` where it cannot be made."""
    lock, place = ROOT / "benchmarks" / f"{name}.lock", ROOT / f".{name}"
    python, stamp = place / "bin" / "python", place / ".lock"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
        try:
            subprocess.run([uv, "venv", "--quiet", "--clear", str(place)], check=True)
            subprocess.run([uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(lock)], check=True)
        except (OSError, subprocess.CalledProcessError) as failure:
            raise SystemExit(f"the peers' environment could not be made: {failure}") from failure
        stamp.write_bytes(lock.read_bytes())
    return str(python)
