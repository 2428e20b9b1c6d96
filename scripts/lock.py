"""Checks requirements.lock: pinned, hashed, free of addresses, and with every dependency of pyproject.toml."""

import re
import sys
import tomllib
from pathlib import Path


def problems() -> list[str]:
    """Return what is wrong with the lock."""
    lock = Path("requirements.lock").read_text(encoding="utf-8")
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    pins = dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", lock, re.MULTILINE))
    extras = [each for extra in project["project"].get("optional-dependencies", {}).values() for each in extra]
    wanted = [*project["project"]["dependencies"], *extras, *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=!;~ ]", each, maxsplit=1)[0].lower().replace("_", "-") for each in wanted}
    found = [f"{name} of pyproject.toml is not in the lock: just relock" for name in sorted(names - set(pins))]
    if re.search(r"https?://|--(extra-)?index-url|--find-links", lock):
        found.append("requirements.lock names an address; it must hold versions and hashes alone")
    blocks = re.split(r"\n(?=[a-z0-9])", lock)
    found += [f"no hash for: {block.splitlines()[0]}" for block in blocks if "==" in block and "--hash=sha256:" not in block]
    return found


if __name__ == "__main__":
    wrong = problems()
    sys.stdout.write("".join(f"{each}\n" for each in wrong))
    sys.exit(bool(wrong))
