"""What one run costs: message, model, three parallel trivial tools, model, answer; each reply 40 chunks, one each 5 ms.

Engine level: our durable engine beside a hand-written loop on aiohttp, Agno and LangGraph, which store nothing; 20 runs
at once, CPU time of each one's own process. Server level: our server beside a bare relay, at 20 and at 500 at once, load
and mock in other processes. Participants alternate A B A B; medians of rounds.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.figures import show
from benchmarks.peers import peers_python

HERE = Path(__file__).parent
OWN = "artelier engine, durable"
PEERS = {"hand-written on aiohttp": "hand_written", "Agno": "agno_agent", "LangGraph": "langgraph_agent"}
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def started(*command: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Start a process that prints one line when it is ready, and end it afterwards."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE.parent) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().split()
        finally:
            process.terminate()


def engine_round(base_url: str, runs: int) -> Iterator[tuple[str, float, dict[str, str]]]:
    """Yield each participant's CPU milliseconds a run, one after another."""
    commands = {OWN: [sys.executable, "-m", "benchmarks.participants.own_engine"]}
    commands |= {label: [peers_python(), str(HERE / "participants" / f"{module}.py")] for label, module in PEERS.items()}
    for label, command in commands.items():
        words = [*command, "--base-url", base_url, "--runs", str(runs)]
        printed = subprocess.run(words, capture_output=True, text=True, cwd=HERE.parent, check=True).stdout
        found = json.loads(printed.splitlines()[-1])
        yield label, found["cpu_ms"], found["versions"]


def server_round(base_url: str, runs: dict[int, int]) -> Iterator[tuple[str, float]]:
    """Yield the CPU milliseconds a run of our server and of the relay, at each number of runs at once."""
    for label, module in (("artelier server", "own_server"), ("bare relay", "relay")):
        with started(sys.executable, "-m", f"benchmarks.participants.{module}", "--base-url", base_url) as (process, (address, token)):
            _load(address, token, 40, 20)
            for at_once, count in runs.items():
                before = _cpu(process.pid)
                _load(address, token, count, at_once)
                yield f"{label}, {at_once} at once", (_cpu(process.pid) - before) * 1000 / count


def _load(address: str, token: str, runs: int, at_once: int) -> None:
    command = [
        sys.executable,
        "-m",
        "benchmarks.load",
        "--address",
        address,
        "--token",
        token,
        "--runs",
        str(runs),
        "--at-once",
        str(at_once),
    ]
    printed = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent, check=True).stdout
    failed = json.loads(printed)["failed"]
    if failed:
        raise SystemExit(f"{failed} runs of {runs} failed at {address}")


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rounds, runs = (1, 60) if options.quick else (3, 300)
    counts = {20: 100, 500: 500} if options.quick else {20: 400, 500: 1500}
    samples: dict[str, list[float]] = defaultdict(list)
    versions: dict[str, str] = {}
    with started(sys.executable, "-m", "benchmarks.mock_model") as (_, (port,)):
        base_url = f"http://127.0.0.1:{port}/v1"
        for _ in range(rounds):
            for label, cpu, found in engine_round(base_url, runs):
                samples[label].append(cpu)
                versions |= found
            for label, cpu in server_round(base_url, counts):
                samples[label].append(cpu)
    show("run_overhead", samples, *_figures(samples), versions, as_json=options.json)


def _figures(samples: dict[str, list[float]]) -> tuple[dict[str, float], dict[str, float]]:
    cost = {label: median(values) for label, values in samples.items()}
    peer = min(cost["Agno"], cost["LangGraph"])
    figures = {
        "engine, CPU ms a run": cost[OWN],
        "engine / cheapest peer": cost[OWN] / peer,
        "engine / hand-written floor": cost[OWN] / cost["hand-written on aiohttp"],
        "server / bare relay, 20 at once": cost["artelier server, 20 at once"] / cost["bare relay, 20 at once"],
        "server / bare relay, 500 at once": cost["artelier server, 500 at once"] / cost["bare relay, 500 at once"],
        "server, 500 at once / 20 at once": cost["artelier server, 500 at once"] / cost["artelier server, 20 at once"],
    }
    goals = {
        "engine, CPU ms a run": 3.0,
        "engine / cheapest peer": 0.25,
        "server / bare relay, 20 at once": 1.5,
        "server / bare relay, 500 at once": 1.5,
        "server, 500 at once / 20 at once": 1.2,
    }
    return figures, goals


if __name__ == "__main__":
    main()
