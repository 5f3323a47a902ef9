"""How the log is written: by which loggers, in which form, and where to."""

import logging.config
import sys

import structlog
from structlog.typing import Processor

from foundation.base.logs.redaction import redact
from foundation.base.logs.writer import lines

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
ROUTINE = ("Scheduler: Sending due task", "Task %(name)s[%(id)s] ")
"""Celery's texts about tasks. Some run every few seconds; of theirs only trouble is news."""


def is_news(record: logging.LogRecord) -> bool:
    """Say whether a line tells more than that a task ran, once more and well."""
    return record.levelno != logging.INFO or not str(record.msg).startswith(ROUTINE)


stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    stamp,
]


def formatter(*, as_json: bool) -> logging.Formatter:
    """Return the formatter of every handler."""
    render: Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            render,
        ],
    )


def logging_config(*, as_json: bool, level: str) -> None:
    """Configure logging once, at start."""
    lines.as_json = as_json
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"scopeward": {"()": formatter, "as_json": as_json}},
            "filters": {"news": {"()": lambda: is_news}},
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "stream": lines,
                    "formatter": "scopeward",
                    "filters": [] if level == "DEBUG" else ["news"],
                }
            },
            "root": {"handlers": ["stderr"], "level": level},
        }
    )
    logging.captureWarnings(capture=True)
