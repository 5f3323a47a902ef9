"""Lists (RFC 7644 §3.4.2), by index or by cursor (RFC 9865)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from scim2_models import (
    Context,
    InvalidCursorException,
    InvalidValueException,
    ListResponse,
    ScimFilter,
    SearchRequest,
    TooManyException,
)

from idp.scim.calls import ScimReply
from idp.scim.limits import MOST_EVALUATED, PAGE, PAGE_AT_MOST
from idp.scim.lists.filters import Condition, Translate, Translator, read_filter
from idp.scim.resources import provider
from scopeward_guard.vocabulary import decode_base64url, encode_base64url

PARAMETERS = frozenset(
    {"attributes", "excludedAttributes", "sortBy", "sortOrder", "startIndex", "count", "cursor"}
)
EVERYBODY = Condition(Q(), is_exact=True)


@dataclass(frozen=True)
class ListedKind:
    """What is listed."""

    model: Any
    rows: QuerySet[Any]
    columns: Mapping[str, Translate]
    sorted_by: Mapping[str, str]
    """Columns by attribute, both as ours and theirs name them."""
    resource_of: Callable[[Any], Any]


@dataclass(frozen=True)
class _Page:
    resources: Sequence[Any]
    total: int
    next_cursor: str | None = None


def listed(kinds: Sequence[ListedKind], asked: Mapping[str, Any]) -> ScimReply:
    """Return a page of what `asked`, the parameters of §3.4.2, describes; raises SCIM errors.

    Of several kinds (§3.4.2.1), those of the second follow those of the first.
    """
    text = str(asked.get("filter") or "")
    model: Any = reduce(or_, (kind.model for kind in kinds))
    if text:
        read_filter(text, model)
    known = {name: value for name, value in asked.items() if name in PARAMETERS}
    wanted: Any = SearchRequest[model].model_validate(known)
    if len(kinds) > 1 and (wanted.cursor is not None or wanted.sort_by):
        raise InvalidValueException(detail="Search one kind of resource by cursor or in order.")
    page = _pages(kinds, text, wanted)
    answer = ListResponse[model](
        total_results=page.total,
        start_index=None if wanted.cursor is not None else (wanted.start_index or 1),
        items_per_page=len(page.resources),
        next_cursor=page.next_cursor,
        resources=page.resources or None,
    )
    body = answer.model_dump(
        scim_ctx=Context.RESOURCE_QUERY_RESPONSE,
        response_parameters=wanted,
        scim_provider=provider(),
    )
    return ScimReply(200, body)


def _pages(kinds: Sequence[ListedKind], text: str, wanted: Any) -> _Page:
    left = PAGE if wanted.count is None else min(wanted.count, PAGE_AT_MOST)
    start, total = wanted.start_index_0 or 0, 0
    found: list[Any] = []
    page = _Page([], 0)
    for kind in kinds:
        bound = ScimFilter[kind.model](text) if text else None  # type: ignore[name-defined]
        of_kind = wanted.model_copy(update={"start_index": max(0, start - total) + 1})
        page = _page(kind, bound, of_kind, left)
        total, left = total + page.total, left - len(page.resources)
        found.extend(page.resources)
    return _Page(found, total, page.next_cursor)


def _page(kind: ListedKind, bound: Any, wanted: Any, count: int) -> _Page:
    condition = Translator(bound, kind.columns).visit(bound.ast) if bound else EVERYBODY
    rows = kind.rows.filter(condition.q)
    key = kind.rows.model._meta.pk.attname  # noqa: SLF001 - documented
    if wanted.cursor is not None:
        if wanted.sort_by:
            raise InvalidValueException(detail="A cursor goes by id: leave out sortBy.")
        rows = rows.order_by(key)
    elif wanted.sort_by and str(wanted.sort_by).lower() in kind.sorted_by:
        sign = "-" if wanted.sort_order == "descending" else ""
        rows = rows.order_by(sign + kind.sorted_by[str(wanted.sort_by).lower()], key)
    elif wanted.sort_by:
        condition = Condition(condition.q, is_exact=False)
    else:
        rows = rows.order_by(key)
    if condition.is_exact:
        return _in_the_database(kind, rows, key, wanted, count)
    return _one_by_one(kind, rows, bound, wanted, count)


def _in_the_database(
    kind: ListedKind, rows: QuerySet[Any], key: str, wanted: Any, count: int
) -> _Page:
    total = rows.order_by().count()
    if wanted.cursor is None:
        start = wanted.start_index_0 or 0
        return _Page([kind.resource_of(row) for row in rows[start : start + count]], total)
    after = _read_cursor(wanted.cursor)
    found = list((rows.filter(**{f"{key}__gt": after}) if after else rows)[: count + 1])
    following = _cursor(found[count - 1].pk) if count and len(found) > count else None
    return _Page([kind.resource_of(row) for row in found[:count]], total, following)


def _one_by_one(
    kind: ListedKind, rows: QuerySet[Any], bound: Any, wanted: Any, count: int
) -> _Page:
    candidates = list(rows[: MOST_EVALUATED + 1])
    if len(candidates) > MOST_EVALUATED:
        sentence = (
            f"More than {MOST_EVALUATED} resources would have to be looked at. "
            "Narrow it by id, userName, externalId, displayName, active or meta."
        )
        raise TooManyException(detail=sentence)
    resources = [kind.resource_of(row) for row in candidates]
    found = [each for each in resources if bound is None or bound.match(each)]
    if wanted.sort_by and str(wanted.sort_by).lower() not in kind.sorted_by:
        found = wanted.sort(found)
    if wanted.cursor is None:
        start = wanted.start_index_0 or 0
        return _Page(found[start : start + count], len(found))
    after = _read_cursor(wanted.cursor)
    rest = [each for each in found if after is None or UUID(each.id) > after]
    following = _cursor(UUID(rest[count - 1].id)) if count and len(rest) > count else None
    return _Page(rest[:count], len(found), following)


def _cursor(key: UUID) -> str:
    return encode_base64url(key.bytes)


def _read_cursor(cursor: str) -> UUID | None:
    """Return the key that a page begins behind; None: it is the first. RFC 9865 §2.1."""
    if not cursor:
        return None
    try:
        return UUID(bytes=decode_base64url(cursor))
    except ValueError:
        raise InvalidCursorException from None
