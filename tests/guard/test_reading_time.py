"""GraphQL and JSON from strangers are read or refused in time, whatever they are made of."""

import contextlib
import time
from collections.abc import Callable

import pytest
from graphql import build_schema

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._base.strict_json import parse_object
from scopeward_guard._challenges.refused import RefusedError
from scopeward_guard.graphql import derive

SECONDS = 0.1
SCHEMA = build_schema(
    "type Query { a(x: Int, f: F): A } input F { f: F, g: [F!], x: Int }"
    " type A { a: A x(p: Int): Int }"
)
DOCUMENTS = {
    "fields": "{a" * 600 + "{x}" + "}" * 600,
    "values": "{a(f:" + "{g:[" * 300 + "]}" * 300 + "){x}}",
    "types": "query($v:" + "[" * 900 + "Int" + "]" * 900 + "){a{x}}",
    "aliases": "{" + " ".join(f"a{n}:a{{x}}" for n in range(300)) + "}",
    "overlapping": "{" + " ".join(f"a{{x(p:{n})}}" for n in range(250)) + "}",
    "fragments of fragments": "{...f0} "
    + " ".join(f"fragment f{n} on Query {{...f{n + 1} ...f{n + 1}}}" for n in range(150))
    + " fragment f150 on Query {a{x}}",
    "variables": "query("
    + " ".join(f"$v{n}:Int" for n in range(200))
    + "){"
    + " ".join(f"a(x:$v{n}){{x}}" for n in range(120))
    + "}",
    "arguments": "{a(" + " ".join(f"x:{n}" for n in range(600)) + "){x}}",
    "commas": "{a{x}" + "," * 60_000 + "}",
    "lines": '{a(x:"""' + "\n " * 20_000 + '"""){x}}',
    "digits": "{a(x:" + "9" * 60_000 + "){x}}",
}
BODIES = {
    "digits": b'{"a":' + b"9" * 65_000 + b"}",
    "brackets": b'{"a":' + b"[" * 32_000 + b"]" * 32_000 + b"}",
    "members": b"{" + b",".join(b'"%d":1' % n for n in range(6_000)) + b"}",
    "one member": b"{" + b",".join([b'"a":1'] * 6_000) + b"}",
    "escapes": b'{"a":"' + b"\\u0041" * 10_000 + b'"}',
    "exponent": b'{"a":1e' + b"9" * 65_000 + b"}",
}


def seconds(read: Callable[[], object]) -> float:
    """Return the CPU time of the best of three."""
    taken = []
    for _ in range(3):
        started = time.thread_time()
        with contextlib.suppress(RefusedError, MalformedError):
            read()
        taken.append(time.thread_time() - started)
    return min(taken)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_graphql_document_takes_long(name: str) -> None:
    assert seconds(lambda: derive(SCHEMA, {"query": DOCUMENTS[name]})) < SECONDS


@pytest.mark.parametrize("name", BODIES)
def test_no_json_takes_long(name: str) -> None:
    assert seconds(lambda: parse_object(BODIES[name], max_bytes=70_000)) < SECONDS
