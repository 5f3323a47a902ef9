"""Exports: the filtered rows as a stream of any length, and the act that says who took them.

The act is recorded before the first row leaves, whether or not the file arrives.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone

from console.records.export.columns import csv_value, json_value, rows_of
from foundation.base.replica.reading import moments_old
from foundation.journal import acts as history
from foundation.journal.acts import Entry, Kind
from foundation.journal.visitor import administrator_context

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}
MOST_COUNTED = 10_000
LINES_AT_ONCE = 500
LONGEST_FILTER = 1000


@dataclass(frozen=True)
class Extract:
    """What is exported: rows under a name, and whom it is about if that is one."""

    name: str
    rows: QuerySet[Any]
    columns: Mapping[str, str]
    person: UUID | None = None
    client: int | None = None
    grant: UUID | None = None


def respond(request: HttpRequest, extract: Extract) -> StreamingHttpResponse:
    """Record the export, then stream it as a file. `format` in the form is `csv` or `jsonl`.

    `X-Export-Rows` is how many rows there were at the start, with a `+` where there may be more
    than are counted. Raise BadRequest for another format.
    """
    form = request.POST.get("format", "")
    if form not in CONTENT_TYPES:
        raise BadRequest("An export is csv or jsonl.")
    extract = replace(extract, rows=moments_old(extract.rows, though_posted=True))
    found = extract.rows.order_by().values("pk")[:MOST_COUNTED].count()
    count: int | str = found if found < MOST_COUNTED else f"{found}+"
    _record(request, extract, form, count)
    response = StreamingHttpResponse(_chunks(extract, form), content_type=CONTENT_TYPES[form])
    moment = timezone.now().strftime("%Y%m%dT%H%M%SZ")
    response["Content-Disposition"] = f'attachment; filename="{extract.name}-{moment}.{form}"'
    response["X-Export-Rows"] = str(count)
    response["Cache-Control"] = "no-store"
    return response


@transaction.atomic
def _record(request: HttpRequest, extract: Extract, form: str, count: int | str) -> None:
    context = administrator_context(request)
    entry = Entry(
        kind=Kind.EXPORTED,
        actor=context.actor,
        person=extract.person,
        client=extract.client,
        grant=extract.grant,
        locale=context.locale,
        detail={"what": extract.name, "format": form, "rows": count},
        actor_id=context.actor_id,
        address=context.address or "",
        user_agent=context.user_agent,
        # What was filtered by may name people: it belongs to the part that can be erased.
        reason=request.GET.urlencode()[:LONGEST_FILTER],
    )
    history.record([entry])


def _chunks(extract: Extract, form: str) -> Iterator[str]:
    rows = rows_of(extract.rows, extract.columns)
    names = list(extract.columns)
    lines = _csv_lines(names, rows) if form == "csv" else _json_lines(names, rows)
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) == LINES_AT_ONCE:
            yield "".join(held)
            held.clear()
    yield "".join(held)


class _Line:
    """Takes what the CSV writer writes and hands it back."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(names: list[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow(names)
    for row in rows:
        yield writer.writerow([csv_value(value) for value in row])


def _json_lines(names: list[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    for row in rows:
        values = {name: json_value(value) for name, value in zip(names, row, strict=True)}
        yield json.dumps(values, ensure_ascii=False) + "\n"
