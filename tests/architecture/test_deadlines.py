"""Whatever waits for another program has an end."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from tests.architecture.test_modules import ROOT, modules, relative

BOTH = {"socket_connect_timeout", "socket_timeout"}


def connections_to_redis(path: Path) -> Iterator[set[str]]:
    """Yield the limits that each connection to Redis is made with."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Redis", "Redis.from_url"}:
            yield {keyword.arg for keyword in node.keywords if keyword.arg} & BOTH


def test_every_connection_to_redis_has_both_deadlines() -> None:
    made = {relative(p): list(connections_to_redis(p)) for p in modules()}

    assert sum(map(len, made.values())) >= 3
    assert {path for path, limits in made.items() if any(each != BOTH for each in limits)} == set()


def test_the_cache_and_the_broker_have_both_deadlines() -> None:
    tree = ast.parse((ROOT / "idp/settings.py").read_text(encoding="utf-8"))
    keys = [
        {key.value for key in node.keys if isinstance(key, ast.Constant)} & BOTH
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
    ]

    assert [found for found in keys if found] == [BOTH, BOTH]


def test_mail_and_databases_have_one() -> None:
    assert 0 < settings.EMAIL_TIMEOUT <= 10
    options = settings.DATABASES["default"]["OPTIONS"]
    assert 0 < options["timeout" if settings.SQLITE else "connect_timeout"] <= 20
