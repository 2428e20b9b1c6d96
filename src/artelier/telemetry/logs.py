"""Logs: one line an entry, for people on a terminal, as JSON for machines; levels per component."""

import logging
import sys
from collections.abc import Mapping

import structlog

from artelier.ports.correlation import correlation


def set_up_logs(level: str, levels: Mapping[str, str], *, as_json: bool) -> None:
    """Send everything that is logged to standard error. ``levels`` are by component: ``{"artelier.engine": "debug"}``."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_correlation,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Plain traces: those that show variables would show keys.
    plain = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    last: structlog.typing.Processor = structlog.processors.JSONRenderer() if as_json else plain
    ending = [structlog.processors.format_exc_info] if as_json else []
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    for name, own in levels.items():
        logging.getLogger(name).setLevel(own.upper())


def _add_correlation(_: object, __: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Name the run and the call an entry belongs to."""
    where = correlation.get()
    for name in where.__struct_fields__:
        value = getattr(where, name)
        if value:
            entry.setdefault(name, value)
    return entry
