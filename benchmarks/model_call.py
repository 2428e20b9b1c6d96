"""What one streamed call of a model costs the caller, at 1, 50 and 500 in flight: 40 chunks a reply, one each 5 ms.

CPU time of each caller's own process, the mock in another one. Ours stands behind retry, breaker and cache wrappers as in
a house; the others are a bare client or SDK. HTTP/1.1; participants alternate A B A B, medians of rounds.
"""

import argparse
import json
import platform
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

from benchmarks.figures import show
from benchmarks.peers import peers_python
from benchmarks.run_overhead import started

HERE = Path(__file__).parent
OWN, FLOOR = "artelier", "aiohttp by hand"
GOAL = 1.3


def commands() -> dict[str, list[str]]:
    """Return who takes part, by their programs."""
    raw = str(HERE / "participants" / "raw_call.py")
    return {
        OWN: [sys.executable, "-m", "benchmarks.participants.own_call"],
        FLOOR: [sys.executable, raw, "aiohttp"],
        "httpx2 by hand": [sys.executable, raw, "httpx2"],
        "openai SDK": [peers_python(), raw, "openai"],
        "LiteLLM": [peers_python("peer_caches"), raw, "litellm"],
    }


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    rounds, calls = (1, {1: 10, 50: 300}) if words.quick else (3, {1: 40, 50: 1500, 500: 3000})
    samples: dict[str, list[float]] = defaultdict(list)
    versions = {"python": platform.python_version()}
    with started(sys.executable, "-m", "benchmarks.mock_model") as (_, (port, *_)):
        for _ in range(rounds):
            for at_once, count in calls.items():
                for label, command in commands().items():
                    options = ["--base-url", f"http://127.0.0.1:{port}/v1", "--runs", str(count), "--at-once", str(at_once)]
                    ended = subprocess.run([*command, *options], capture_output=True, text=True, cwd=HERE.parent, check=False)
                    if ended.returncode:
                        sys.stderr.write(f"{label} could not be run: {ended.stderr.splitlines()[-1] if ended.stderr else ''}\n")
                        continue
                    found = json.loads(ended.stdout.splitlines()[-1])
                    samples[f"{label}, {at_once} at once"].append(found["cpu_ms"])
                    versions |= found["versions"]
    figures = {}
    for at_once in calls:
        floor = median(samples[f"{FLOOR}, {at_once} at once"])
        for label in commands():
            if label != FLOOR and (key := f"{label}, {at_once} at once") in samples:
                figures[f"{label} / aiohttp by hand, {at_once} at once"] = median(samples[key]) / floor
    goals = {f"{OWN} / aiohttp by hand, {at_once} at once": GOAL for at_once in calls}
    show("model_call", samples, figures, goals, versions, as_json=words.json, measure="CPU ms a call")


if __name__ == "__main__":
    main()
