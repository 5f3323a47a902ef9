"""Uploads of decision logs: from gzip to events, bounded at every step.

OPA sends a refused upload again, first and for ever. So an upload is refused only for what no OPA
sends. Whatever a caller can put into a question is taken, or left out and noted: nobody silences
the log by asking something odd.
"""

import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

import structlog

MAX_UPLOAD_BYTES = 1024 * 1024
"""Compressed; OPA sends 32 KB at a time unless it is told otherwise."""
MAX_BYTES = 34 * 1024 * 1024
"""More than any 32 KB of gzip can say: deflate shrinks to a thousandth at best."""
MAX_EVENTS = 10_000

# A text without an end is one as well, or each quotation mark in it would be searched for an end.
_MARK = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)

log = structlog.get_logger(__name__)


class MalformedLogError(ValueError):
    """Not a decision log; the message says why, in a sentence."""


def events_of(body: bytes, *, encoding: str) -> list[Any]:
    """Return the events of an upload with this `Content-Encoding`; raises `MalformedLogError`."""
    text = _decompressed(body, encoding)
    try:
        events = json.loads(text)
    except (ValueError, RecursionError):
        events = list(_one_by_one(text))
    if not isinstance(events, list) or len(events) > MAX_EVENTS:
        raise MalformedLogError(f"The upload must be an array of at most {MAX_EVENTS} events.")
    return events


def _decompressed(body: bytes, encoding: str) -> bytes:
    if len(body) > MAX_UPLOAD_BYTES:
        raise MalformedLogError("The upload is too large.")
    if encoding != "gzip":
        raise MalformedLogError("The upload must be compressed with gzip.")
    stream = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        # Stops at the limit: a few bytes can say that there are gigabytes to come.
        text = stream.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise MalformedLogError("The upload cannot be decompressed.") from error
    if not stream.eof or stream.unused_data:
        raise MalformedLogError("The upload is too large, or not one whole gzip stream.")
    return text


def _one_by_one(text: bytes) -> Iterator[Any]:
    """Yield the events of an array that can be read; one may be too deep, or hold an odd number.

    Raises `MalformedLogError` when it is no array of objects at all.
    """
    depth = start = 0
    for mark in _MARK.finditer(text):
        opens, closes = mark[0] in {b"[", b"{"}, mark[0] in {b"]", b"}"}
        if opens and depth == 1:
            start = mark.start()
        depth += opens - closes
        if closes and depth == 1:
            try:
                yield json.loads(text[start : mark.end()])
            except (ValueError, RecursionError):
                log.warning("opa_decision_unreadable", characters=mark.end() - start)
    if not text.startswith(b"[") or depth != 0 or not start:
        raise MalformedLogError("The upload is not JSON.")
