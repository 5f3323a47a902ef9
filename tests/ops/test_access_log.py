"""The line of the access log is the one that the logger would write, only cheaper."""

import json
import logging
import subprocess
import sys
import threading
import time
from io import StringIO
from typing import Any

import pytest
import structlog

from foundation.base.logs import writer
from foundation.base.logs.redaction import LONGEST, REDACTED
from foundation.base.logs.setup import formatter
from foundation.base.logs.writer import LineWriter, lines
from idp.web import access_log
from tests.ops.test_logs import JWT, SECRET

PATHS = [
    "/token",
    '/a"quoted\\path\n\x00\x7f',
    "/gr\u00fc\u00df/\u2028/\U0001f511",
    "/\ud800",
    f"/grants/{JWT}",
    f"/accounts/confirm-email/{SECRET}/",
    f"/x?code={SECRET}",
    "/" + "a-" * 4_000,
]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What production writes, the access log and all others."""
    stream = StringIO()
    monkeypatch.setattr(lines, "stream", stream)
    monkeypatch.setattr(lines, "as_json", True)
    (handler,) = [h for h in logging.getLogger().handlers if getattr(h, "stream", None) is lines]
    monkeypatch.setattr(handler, "formatter", formatter(as_json=True))
    return stream


def of(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", f"token={SECRET}"])
def test_the_line_is_the_one_of_the_logger(path: str, method: str, written: StringIO) -> None:
    access_log.note(method, path, 200, "r-12345678", time.perf_counter())
    structlog.get_logger(access_log.__name__).info(
        "request", method=method, path=path, status=200, ms=0.0, request_id="r-12345678"
    )

    quick, usual = of(written)
    assert SECRET not in written.getvalue()
    assert isinstance(quick.pop("ms"), float)
    assert isinstance(usual.pop("ms"), float)
    quick_at, usual_at = quick.pop("timestamp"), usual.pop("timestamp")
    assert (len(quick_at), quick_at[-1]) == (len(usual_at), "Z")
    assert quick == usual


def test_secrets_in_paths_are_redacted(written: StringIO) -> None:
    access_log.note("GET", f"/grants/{JWT}", 404, "r-12345678", 0.0)
    access_log.note("GET", "/" + "a" * 9_000, 404, "r-12345678", 0.0)

    short, long = of(written)
    assert short["path"] == f"/grants/{REDACTED}"
    assert len(long["path"]) == LONGEST + 1


def test_where_only_warnings_are_logged_there_is_no_line(
    written: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access_log.logger, "level", logging.WARNING)
    access_log.logger.manager._clear_cache()  # type: ignore[attr-defined]

    access_log.note("GET", "/token", 200, "r-12345678", 0.0)
    access_log.logger.manager._clear_cache()  # type: ignore[attr-defined]

    assert written.getvalue() == ""


def test_readable_lines_are_left_to_the_logger(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lines, "as_json", False)

    with caplog.at_level(logging.INFO):
        access_log.note("GET", "/token", 200, "r-12345678", 0.0)

    assert "r-12345678" in caplog.text


def test_order_is_kept_between_all_that_is_logged(written: StringIO) -> None:
    for number in range(3):
        access_log.note("GET", f"/{number}", 200, "r-12345678", 0.0)
        structlog.get_logger("other").warning("event", path=f"/{number}")

    assert [line["path"] for line in of(written)] == ["/0", "/0", "/1", "/1", "/2", "/2"]


# --- the thread that writes ----------------------------------------------------------------------


class Slow(StringIO):
    """A reader that stops reading."""

    def __init__(self) -> None:
        super().__init__()
        self.reads, self.asked = threading.Event(), threading.Event()

    def write(self, text: str) -> int:
        self.asked.set()
        self.reads.wait()
        return super().write(text)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOMENT", 0.001)
    monkeypatch.setattr(writer, "Finalize", lambda *_args, **_more: None)


def test_before_it_is_started_each_line_is_written_at_once() -> None:
    stream = StringIO()

    LineWriter(stream).write("a line\n")

    assert stream.getvalue() == "a line\n"


def test_nothing_is_lost_at_the_end_and_order_is_kept(quick: None) -> None:
    stream = StringIO()
    made = LineWriter(stream, most=10**6)
    made.start()

    def work(name: str) -> None:
        for number in range(500):
            made.write(f"{name} {number}\n")

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    made.stop()
    made.write("after\n")

    told = stream.getvalue().splitlines()
    assert len(told) == 4 * 500 + 1
    assert told[-1] == "after"
    for name in "abcd":
        assert [line for line in told if line[0] == name and line != "after"] == [
            f"{name} {number}" for number in range(500)
        ]


def test_who_stops_reading_stops_nobody_and_what_is_lost_is_told(
    quick: None, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Slow()
    made = LineWriter(stream, most=10)
    made.start()
    made.write("0\n")
    assert stream.asked.wait(20)

    for number in range(1, 31):  # waits for nobody
        made.write(f"{number}\n")
    stream.reads.set()
    made.stop()

    assert stream.getvalue().splitlines() == [str(number) for number in range(11)]
    (told,) = [text for text in caplog.messages if "log_lines_lost" in text]
    assert "20" in told


def test_the_end_does_not_wait_for_ever(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "PATIENCE", 0.01)
    stream = Slow()
    made = LineWriter(stream)
    made.start()
    made.write("0\n")
    assert stream.asked.wait(20)

    made.stop()

    assert stream.getvalue() == ""
    stream.reads.set()


def test_a_closed_stream_breaks_nothing() -> None:
    stream = StringIO()
    stream.close()

    LineWriter(stream).write("a line\n")


ENDS = """
import multiprocessing, sys
from foundation.base.logs.writer import lines

def work():
    lines.start()
    for number in range(1000):
        lines.write(f"{number}\\n")

child = multiprocessing.get_context("fork").Process(target=work)
child.start()
child.join()
work()
"""


def test_a_process_that_ends_has_written_everything() -> None:
    """The one that was started and those that it forks, as granian's workers are."""
    ended = subprocess.run([sys.executable, "-c", ENDS], capture_output=True, text=True, check=True)

    assert ended.stderr.splitlines() == 2 * [str(number) for number in range(1000)]
