"""Figures for Prometheus: its text format, made on demand from what the house counts anyway."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Figure(NamedTuple):
    """One figure now. ``counts`` tells a counter, which only grows, from a gauge."""

    name: str
    meaning: str
    value: float
    labels: tuple[tuple[str, str], ...] = ()
    counts: bool = True


def exposition(figures: Callable[[], Iterable[Figure]]) -> bytes:
    """Return the figures in Prometheus's text format 0.0.4; those of one name and meaning stand together."""
    registry = CollectorRegistry()
    registry.register(_House(figures))
    return generate_latest(registry)


class _House(Collector):
    def __init__(self, figures: Callable[[], Iterable[Figure]]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for figure in self._figures():
            family = families.get(figure.name)
            if family is None:
                kind = CounterMetricFamily if figure.counts else GaugeMetricFamily
                family = families[figure.name] = kind(figure.name, figure.meaning, labels=[name for name, _ in figure.labels])
            family.add_metric([value for _, value in figure.labels], figure.value)
        yield from families.values()
