"""The environment of the peers, made from ``peers.lock`` when it is not there or the lock has changed."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "benchmarks" / "peers.lock"
PLACE = ROOT / ".peers"


def peers_python() -> str:
    """Return the interpreter of the peers' environment. Raises ``SystemExit`` where it cannot be made."""
    python, stamp = PLACE / "bin" / "python", PLACE / ".lock"
    if not stamp.exists() or stamp.read_bytes() != LOCK.read_bytes():
        uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
        try:
            subprocess.run([uv, "venv", "--quiet", "--clear", str(PLACE)], check=True)
            subprocess.run([uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(LOCK)], check=True)
        except (OSError, subprocess.CalledProcessError) as failure:
            raise SystemExit(f"the peers' environment could not be made: {failure}") from failure
        stamp.write_bytes(LOCK.read_bytes())
    return str(python)
