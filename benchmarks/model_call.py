"""What one call of a model costs the caller, at 1, 50 and 500 in flight: 40 chunks a reply.

Paced: one chunk each 5 ms, as models speak. Burst: all at once. Plain: not streamed. CPU time of each caller's own process,
the mock in another one. Ours stands behind retry and breaker as in a house; the others are a bare client or SDK. Over
HTTP/1.1, and HTTP/2 by prior knowledge. Participants alternate A B A B, medians of rounds; those who are beside the contest
take part in the first ones only.
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
OWN, OWN_2, FLOOR = "artelier", "artelier http/2", "aiohttp"
CONTEST = {OWN, OWN_2, FLOOR}
GOAL = 1.3
ALL = {"paced": {1: 80, 50: 1000, 500: 2000}, "burst": {1: 300, 50: 1000, 500: 2000}, "plain": {1: 300, 50: 1000, 500: 2000}}
QUICK = {"paced": {1: 30, 50: 1000, 500: 2000}, "burst": {50: 400}, "plain": {50: 600}}
SDKS = {"paced": {1: 20, 50: 300, 500: 500}, "burst": {50: 300}, "plain": {1: 50, 50: 300}}
SDKS_QUICK = {"paced": {50: 50}, "plain": {50: 50}}
"""SDKs cost ten times as much."""
ROUNDS, QUICK_ROUNDS, ROUNDS_OF_OTHERS = 5, 3, 2
"""One call at a time is forty wake-ups of a sleeping process, whose cost on a shared machine differs by half: hence the rounds."""


def commands() -> dict[str, list[str]]:
    """Return who takes part, by their programs."""
    raw = str(HERE / "participants" / "raw_call.py")
    own = [sys.executable, "-m", "benchmarks.participants.own_call"]
    return {
        OWN: [*own, "1.1"],
        FLOOR: [sys.executable, raw, "aiohttp"],
        OWN_2: [*own, "2"],
        "httpx2": [sys.executable, raw, "httpx2"],
        "httpx2 http/2": [sys.executable, raw, "httpx2_http2"],
        "openai SDK": [peers_python("peer_agents"), raw, "openai"],
        "pydantic-ai": [peers_python("peer_agents"), raw, "pydantic_ai"],
        "LiteLLM": [peers_python("peer_caches"), raw, "litellm"],
    }


def cases_of(label: str, *, quick: bool) -> dict[str, dict[int, int]]:
    """Return how many calls of which shape a participant makes, by how many at once."""
    if quick:
        return QUICK if label in CONTEST else SDKS_QUICK
    return SDKS if label in {"openai SDK", "pydantic-ai", "LiteLLM"} else ALL


def measured(label: str, command: list[str], address: str, cases: dict[str, dict[int, int]]) -> tuple[dict[str, float], dict[str, str]]:
    """Return a participant's CPU milliseconds a call by case, and its version; nothing where it cannot be run."""
    words = [*command, "--address", address]
    for shape, counts in cases.items():
        for at_once, count in counts.items():
            words += ["--case", f"{shape}:{at_once}:{count}"]
    ended = subprocess.run(words, capture_output=True, text=True, cwd=HERE.parent, check=False)
    if ended.returncode:
        sys.stderr.write(f"{label} could not be run: {ended.stderr.splitlines()[-1] if ended.stderr else ''}\n")
        return {}, {}
    found = json.loads(ended.stdout.splitlines()[-1])
    return found["cases"], found["versions"]


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    words = parser.parse_args()
    samples: dict[str, list[float]] = defaultdict(list)
    versions = {"python": platform.python_version()}
    with started(sys.executable, "-m", "benchmarks.mock_model") as (_, (port, *_)):
        for number in range(QUICK_ROUNDS if words.quick else ROUNDS):
            for label, command in commands().items():
                if number >= (1 if words.quick else ROUNDS_OF_OTHERS) and label not in CONTEST:
                    continue
                cases = cases_of(label, quick=words.quick)
                found, version = measured(label, command, f"http://127.0.0.1:{port}", cases)
                versions |= version
                for case, cost in found.items():
                    samples[f"{label}, {case}"].append(cost)
    figures = {}
    for name, costs in samples.items():
        label, _, case = name.partition(", ")
        if label != FLOOR:
            figures[f"{label} / {FLOOR}, {case}"] = median(costs) / median(samples[f"{FLOOR}, {case}"])
    goals = {f"{label} / {FLOOR}, paced, {at_once} at once": GOAL for label in (OWN, OWN_2) for at_once in ALL["paced"]}
    show("model_call", dict(sorted(samples.items(), key=_by_case)), figures, goals, versions, as_json=words.json, measure="CPU ms a call")


def _by_case(sample: tuple[str, list[float]]) -> tuple[str, str]:
    label, _, case = sample[0].partition(", ")
    return case, label


if __name__ == "__main__":
    main()
