"""Every address of the site is opened by some test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from idp.web.machine_endpoints import MACHINE_ENDPOINTS

TESTS = Path(__file__).resolve().parents[1]
FOREIGN = ("admin/", "i18n/")
"""Django's own; the admin has tests of its own."""


def named(
    resolver: URLResolver, prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the name and the fixed beginning of every address of ours."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if route.startswith(FOREIGN):
            continue
        if isinstance(entry, URLResolver):
            inner = f"{entry.namespace}:" if entry.namespace else namespace
            yield from named(entry, route, inner)
        elif isinstance(entry, URLPattern) and entry.name and _is_ours(entry):
            yield namespace + entry.name, "/" + route.partition("<")[0]


def _is_ours(entry: URLPattern) -> bool:
    view = getattr(entry.callback, "view_class", entry.callback)
    return str(view.__module__).partition(".")[0] in {"idp", "consent", "claims"}


def sources() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(TESTS.rglob("*.py")))


def test_every_address_with_a_name_is_opened_by_a_test() -> None:
    text = sources()

    unopened = [
        name
        for name, route in named(get_resolver())
        if route != "/" and f'"{route}' not in text and name not in text
        and f'f"{route}' not in text
    ]  # fmt: skip

    assert unopened == []


@pytest.mark.parametrize("path", sorted(MACHINE_ENDPOINTS))
def test_every_endpoint_for_programs_is_opened_by_a_test(path: str) -> None:
    assert f'"{path}' in sources()
