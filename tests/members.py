"""Every way to change one thing in an authorization detail, whatever its members are."""

from collections.abc import Iterator, Mapping
from typing import Any

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._binding.binding import query_hash

UNHEARD_OF = "unheard_of"


def altered(detail: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what was changed, and the detail with that one change: at every depth, in every way."""
    yield from _altered("", dict(detail))


def rehashed(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Return a query with the digest of what it says; one that can have none stays as it is."""
    try:
        return {**detail, "query_hash": query_hash(detail)}
    except MalformedError:
        return dict(detail)


def _altered(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from _altered_object(place, value)
    elif isinstance(value, list):
        yield from _altered_list(place, value)
    else:
        for other in _others(value):
            yield f"{place} = {other!a}", other


def _altered_object(place: str, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield f"{place}.{UNHEARD_OF}", {**value, UNHEARD_OF: "x"}
    for name, inner in value.items():
        yield f"no {place}.{name}", {key: kept for key, kept in value.items() if key != name}
        for kind in (None, [], {}, "", 0, False):
            if kind != inner or type(kind) is not type(inner):
                yield f"{place}.{name} = {kind!r}", {**value, name: kind}
        for what, other in _altered(f"{place}.{name}", inner):
            yield what, {**value, name: other}


def _altered_list(place: str, value: list[Any]) -> Iterator[tuple[str, Any]]:
    yield f"more in {place}", [*value, "other"]
    if len(value) > 1:
        yield f"{place} turned round", value[::-1]
    for at, inner in enumerate(value):
        yield f"no {place}[{at}]", value[:at] + value[at + 1 :]
        for what, other in _altered(f"{place}[{at}]", inner):
            yield what, [*value[:at], other, *value[at + 1 :]]


def _others(value: Any) -> list[Any]:
    """Return values like this one, and the same thing as another type."""
    if isinstance(value, bool) or value is None:
        return [not value, str(value)]
    if isinstance(value, int | float):
        return [value + 1, -value, str(value), value + 0.5]
    return [value + "x", value[:-1], value.upper() + " ", value[:1] + "\u200b" + value[1:]]
