"""Rows of the chain as they are checked, whether they come from a table or from a file."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.db.models import Q

from foundation.journal.chain.canonical import Members, act_members, personal_members, timestamp
from foundation.journal.models import Kind
from foundation.journal.models.history import Act, PersonalPart, Segment

PERSONAL_SUFFIX = ".personal"
ABOUT_SIGNATURES = Q(kind=Kind.QUERY_REQUESTED, detail__signed=True) | Q(
    kind=Kind.QUERY_VOTED, detail__has_key="signature"
)
"""Acts of approvals that take signatures: the seal of an archive says how many there are in it."""


class ChainRow(NamedTuple):
    """One act; linked, unless `number` is None."""

    number: int | None
    act: Members
    seal: str
    hash: str
    mac: str
    personal: Members | None
    """None when it is gone."""
    erased_in: str | None
    erased_mac: str = ""
    personal_is_elsewhere: bool = False
    """Archived without its personal part: nothing to compare."""


def row_of(act: Act) -> ChainRow:
    """Return the row of an act, its personal part included."""
    part: PersonalPart | None = getattr(act, "personal", None)
    return ChainRow(
        number=act.number,
        act=act_members(act),
        seal=act.seal,
        hash=act.hash,
        mac=act.mac,
        personal=personal_members(part) if part else None,
        erased_in=str(part.erased_in) if part and part.erased_in else None,
        erased_mac=part.erased_mac if part else "",
    )


def archived_rows(path: Path) -> Iterator[ChainRow]:
    """Yield the rows of an archive, with those of the personal file beside it if it is there.

    Raise ValueError for a line that is no row.
    """
    beside = personal_file(path)
    with path.open(encoding="utf-8") as file:
        next(file)  # the seal
        if not beside.exists():
            yield from (_of_line(line, None) for line in file)
            return
        with beside.open(encoding="utf-8") as personal:
            for line, part in zip(file, chain(personal, repeat("null")), strict=False):
                yield _of_line(line, part)


def _of_line(line: str, personal: str | None) -> ChainRow:
    try:
        said = json.loads(line)
        part = json.loads(personal) if personal else None
        row = {name: said[name] for name in ("number", "act", "seal", "hash", "mac")}
        erased_in = part.pop("erased_in") if part else None
        erased_mac = part.pop("erased_mac", "") if part else ""
        if part:
            part.pop("act")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a row of an archive: {error}") from error
    return ChainRow(
        **row,
        personal=part,
        erased_in=erased_in,
        erased_mac=erased_mac,
        personal_is_elsewhere=personal is None,
    )


def write_row(row: ChainRow, file: IO[str], personal: IO[str]) -> None:
    """Write a row as one line of an archive and one of its personal file."""
    said = {name: getattr(row, name) for name in ("number", "act", "seal", "hash", "mac")}
    _write_line(said, file)
    part = {**(row.personal or {}), "act": row.act["id"], "erased_in": row.erased_in}
    if row.erased_mac:
        part["erased_mac"] = row.erased_mac
    _write_line(part, personal)


def _write_line(value: Mapping[str, Any], file: IO[str]) -> None:
    file.write(json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n")


def personal_file(path: Path) -> Path:
    """Return where the personal parts of an archive are."""
    return path.with_name(path.name + PERSONAL_SUFFIX)


def seal_line(path: Path) -> str:
    """Return the first line of an archive: the signed seal."""
    with path.open(encoding="utf-8") as file:
        return file.readline().strip()


@dataclass
class SignedActs:
    """Counts what `ABOUT_SIGNATURES` finds, on the way of rows to whoever else sees them."""

    then: Callable[[ChainRow], object]
    count: int = 0

    def __call__(self, row: ChainRow) -> None:
        """Count one row, and show it on."""
        kind, said = row.act["kind"], row.act["detail"]
        is_asked = kind == Kind.QUERY_REQUESTED and said.get("signed") is True
        self.count += is_asked or (kind == Kind.QUERY_VOTED and "signature" in said)
        self.then(row)


def segment_members(segment: Segment) -> Members:
    """Return what a seal says."""
    return {
        "first": segment.first,
        "last": segment.last,
        "previous_hash": segment.previous_hash,
        "last_hash": segment.last_hash,
        "acts": segment.acts,
        "erased": segment.erased,
        "signed": segment.signed,
        "sealed_at": timestamp(segment.sealed_at),
    }
