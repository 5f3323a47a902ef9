"""The pytest plugin that says how many examples a property gets: few, many in `make test-long`."""

import gc

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

EXAMPLES = {"suite": 30, "long": 1000}
# How fast a loaded machine makes examples says nothing about the code. A fixture that is made once
# for all examples is what we want.
UNIMPORTANT = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def _is_long(config: pytest.Config) -> bool:
    return "long" in config.option.markexpr


def pytest_configure(config: pytest.Config) -> None:
    """Choose the number of examples, before a test is decorated."""
    for name, examples in EXAMPLES.items():
        settings.register_profile(
            name, max_examples=examples, deadline=None, suppress_health_check=UNIMPORTANT
        )
    settings.load_profile("long" if _is_long(config) else "suite")


def pytest_itemcollected(item: pytest.Item) -> None:
    """In a run of what is long, let every property take part."""
    if _is_long(item.config) and is_hypothesis_test(getattr(item, "obj", None)):
        item.add_marker("long")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Take away what Hypothesis hangs on the collector: it keeps what was run to the end of Python.

    What is still there then is reported by some libraries as leaked, with a page of lines.
    """
    gc.callbacks.clear()
