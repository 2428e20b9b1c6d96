"""What every benchmark prints: a table for people, or with ``--json`` one object and nothing else."""

import json
import sys
from collections.abc import Mapping
from statistics import median

Samples = Mapping[str, list[float]]


def show(
    name: str,
    samples: Samples,
    figures: Mapping[str, float],
    goals: Mapping[str, float],
    versions: Mapping[str, str],
    *,
    as_json: bool,
    measure: str = "CPU ms a run",
) -> None:
    """Print medians with min and max, then each figure beside its goal (a figure meets it when it is not larger)."""
    met = {figure: figures[figure] <= limit for figure, limit in goals.items()}
    if as_json:
        body = {"name": name, "versions": versions, "figures": dict(figures), "goals": dict(goals), "met": met}
        sys.stdout.write(json.dumps(body) + "\n")
        return
    out = [f"{name}: " + ", ".join(f"{part} {version}" for part, version in versions.items()), ""]
    out.append(f"{measure:<34}{'median':>9}{'min':>9}{'max':>9}")
    out += [f"{label:<34}{median(values):>9.2f}{min(values):>9.2f}{max(values):>9.2f}" for label, values in samples.items()]
    out += ["", f"{'figure':<46}{'value':>9}{'goal':>9}"]
    for figure, value in figures.items():
        goal = f"{goals[figure]:>9.2f}  {'met' if met[figure] else 'MISSED'}" if figure in goals else ""
        out.append(f"{figure:<46}{value:>9.2f}{goal}")
    sys.stdout.write("\n".join(out) + "\n")
