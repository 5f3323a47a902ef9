"""What a token may carry of the details that were approved (RFC 9396 §6, §7, §9).

Approved details are plain JSON: the provider has enriched them, so they no longer follow the
schema that requests are checked against.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from claims.catalogue.details.catalogue import known_type
from claims.catalogue.details.detail import Detail, audiences_of
from claims.catalogue.details.errors import InvalidDetailsError
from scopeward_guard.vocabulary import bound

Held = Mapping[str, Any]


def for_audience(held: Iterable[Held], audience: str) -> list[dict[str, Any]]:
    """Return the details that concern an audience. One whose type is gone concerns nobody."""
    kept = []
    for detail in held:
        entry = known_type(detail.get("type"))
        if entry is not None and audience in audiences_of(entry, detail):
            kept.append(dict(detail))
    return kept


def narrowed(asked: Iterable[Detail], held: Iterable[Held]) -> list[dict[str, Any]]:
    """Return the held details reduced to what is asked for; raises `InvalidDetailsError`.

    What is asked for must be held as it is, or, where its type allows it, contain what is asked
    for: every list in it as a subset, everything else the same.
    """
    held = list(held)
    return [_narrowed(detail, held) for detail in asked]


def _narrowed(asked: Detail, held: list[Held]) -> dict[str, Any]:
    wanted = asked.data
    for detail in held:
        said = bound(detail)
        if said == wanted or (asked.type.may_be_narrowed and _contains(said, wanted)):
            kept = {**detail, **wanted}
            # The digest is of what the token carries: it is what the resource server goes by.
            return {**kept, "detail_digest": asked.digest} if "detail_digest" in detail else kept
    raise InvalidDetailsError("A detail is not part of what was approved.")


def _contains(said: Held, wanted: Held) -> bool:
    return said.keys() == wanted.keys() and all(
        _is_part(wanted[name], value) for name, value in said.items()
    )


def _is_part(wanted: Any, said: Any) -> bool:
    if isinstance(said, list) and isinstance(wanted, list):
        # An empty list may mean "everything" to a resource server: it is no part of anything.
        return wanted == said or bool(wanted and all(entry in said for entry in wanted))
    return bool(wanted == said)
