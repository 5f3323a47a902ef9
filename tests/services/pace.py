"""The pytest plugin that keeps the suite quick without changing what a test meets."""

import gc
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

SHARED_DEMO = ("tests/demo/test_launcher.py", "tests/demo/test_walk.py")
SLOW = (
    *("tests/demo/", "tests/interop/", "tests/opa/", "tests/ops/", "tests/specs/robustness/"),
    *("tests/aws/test_sessions", "tests/consent/history/test_resumed", "tests/docs/test_commands"),
    *("tests/engine/", "tests/flows/approvals/test_processes", "tests/front/test_http"),
    *("tests/guard/test_face", "tests/warehouse/test_crash"),
)
"""What starts programs or counts calls, in files of few tests, which would come last."""


def pytest_sessionstart() -> None:
    """What is imported and collected lives to the end: no use in looking for garbage meanwhile."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage from now on, and not among what was collected."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Let the end of Python collect them, or libraries report as leaked what nobody let go."""
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once() -> Iterator[None]:
    """Let WhiteNoise list the static files once per process, as a deployed provider does.

    Django's test client makes its middleware anew for each browser, and listing took a quarter of
    the time of all tests that have one.
    """
    # A plugin is imported before Django is ready.
    from whitenoise.middleware import WhiteNoiseMiddleware

    listed: dict[str, dict[str, Any]] = {}
    add_files = WhiteNoiseMiddleware.add_files_from_finders

    def add_files_once(middleware: WhiteNoiseMiddleware) -> None:
        if middleware.static_prefix not in listed:
            add_files(middleware)
            listed[middleware.static_prefix] = dict(middleware.files)
        middleware.files.update(listed[middleware.static_prefix])

    patch = pytest.MonkeyPatch()
    patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files_once)
    yield
    patch.undo()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Hand the files out slowest first: a slow one at the end keeps one process busy alone."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return TogetherScheduling(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the work, put the slow files first, then those with most tests.

    The last ones are then small, and no process works on for long when the others have ended.
    """
    if hasattr(config, "workerinput"):
        tests_of = Counter(item.path for item in items)
        items.sort(key=lambda item: (_place(item), -tests_of[item.path]))


def _place(item: pytest.Item) -> int:
    """Return where a file comes: a minute of one process, seconds of it for a test, the others."""
    if item.nodeid.startswith("tests/demo/") or item.get_closest_marker("browser") is not None:
        return 0
    return 1 if item.nodeid.startswith(SLOW) else 2


class TogetherScheduling(LoadFileScheduling):
    """A file's tests run in one process; so do all that share the one running demo."""

    def _split_scope(self, nodeid: str) -> str:
        return SHARED_DEMO[0] if nodeid.startswith(SHARED_DEMO) else super()._split_scope(nodeid)
