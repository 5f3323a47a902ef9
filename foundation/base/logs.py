"""Structured logs: JSON lines or readable ones, without secrets.

What Django, Celery and any library log goes the same way as our own events, so every line carries
the request id and passes `redact`.
"""

import functools
import logging.config
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
REDACTED = "[redacted]"
SECRET_NAMES = frozenset(
    {
        "code",
        "code_verifier",
        "device_code",
        "id_token_hint",
        "private_jwe",
        "private_jwk",
        "request_uri",
        "secret_key",
        "session_key",
        "user_code",
    }
)
SECRET_ENDINGS = (
    "assertion",
    "authorization",
    "cookie",
    "csrf",
    "password",
    "secret",
    "session",
    "sessionid",
    "token",
)
LONGEST = 1_000
"""Characters of a value that are kept, and searched."""
LONGEST_TRACEBACK = 16_000
"""Its end is kept, which says what went wrong."""
CUT = "…"
# Others write what is searched, so no pattern looks at a sign more than a few times: repetitions
# give nothing back, and a search begins only where a run of signs does.
# Most values look like nothing of the kind, and one search says so.
SUSPICIOUS = re.compile(
    r"""=|eyJ|://|/reset/key/|/confirm-email/|["']\s*+:|(?:bearer|basic|dpop)\s""", re.IGNORECASE
)
# Text written by others: query strings and forms, dictionaries, headers, links mailed, JWTs.
PARAMETER = re.compile(r"""(?<![\w-])([\w-]++)=([^&\s"'<>;,]++)""")
ITEM = re.compile(r"""((["'])([\w-]++)\2\s*+:\s*+\[?+["'])([^"']++)""")
CREDENTIALS = re.compile(r"\b(Bearer|Basic|DPoP)\s++[A-Za-z0-9._~+/=-]{8,}+", re.IGNORECASE)
JWT = re.compile(r"\beyJ[\w-]{8,}+(?:\.[\w-]*+){1,4}+")
URL_PASSWORD = re.compile(rf"(://[^/\s:@]*+:)[^/\s@{CUT}]++[@{CUT}]")
MAILED_LINK = re.compile(r"(/(?:reset/key|confirm-email)/)[^/\s\"'?]++")


@functools.lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Whether values of this name must not be logged (`client_secret`, `Set-Cookie`, …)."""
    name = name.lower().replace("-", "_").rstrip("0123456789_")
    return name in SECRET_NAMES or name.endswith(SECRET_ENDINGS)


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:  # noqa: ARG001
    """Replace secrets, by the name they stand under or by how they look. A structlog processor."""
    return {
        key: _redacted_text(f"{CUT}{value[-LONGEST_TRACEBACK:]}")
        if key == "exception" and isinstance(value, str)
        else _redacted(key, value)
        for key, value in event.items()
    }


def _redacted(key: str, value: Any) -> Any:
    if is_secret(key) and not isinstance(value, bool | int | None):
        return REDACTED
    if isinstance(value, str):
        return _redacted_text(value if len(value) <= LONGEST else value[:LONGEST] + CUT)
    if isinstance(value, dict):
        return {inner: _redacted(str(inner), item) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted("", item) for item in value]
    return value


def _redacted_text(text: str) -> str:
    if SUSPICIOUS.search(text) is None:
        return text
    text = CREDENTIALS.sub(rf"\1 {REDACTED}", text)
    text = URL_PASSWORD.sub(rf"\1{REDACTED}@", text)
    text = MAILED_LINK.sub(rf"\1{REDACTED}", text)
    text = JWT.sub(REDACTED, text)
    text = PARAMETER.sub(lambda found: f"{found[1]}={_unless_secret(found[1], found[2])}", text)
    return ITEM.sub(lambda found: found[1] + _unless_secret(found[3], found[4]), text)


def _unless_secret(name: str, value: str) -> str:
    return REDACTED if is_secret(name) else value


ROUTINE = ("Scheduler: Sending due task", "Task %(name)s[%(id)s] ")
"""Celery's texts about tasks. Some run every few seconds; of theirs only trouble is news."""


def is_news(record: logging.LogRecord) -> bool:
    """Say whether a line tells more than that a task ran, once more and well."""
    return record.levelno != logging.INFO or not str(record.msg).startswith(ROUTINE)


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
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
                    "formatter": "scopeward",
                    "filters": [] if level == "DEBUG" else ["news"],
                }
            },
            "root": {"handlers": ["stderr"], "level": level},
        }
    )
    logging.captureWarnings(capture=True)
