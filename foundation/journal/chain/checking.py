"""Checking rows one after another: each by itself, and whether it follows on the one before."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from foundation.base.keyed import UnknownKeyError
from foundation.journal.chain import canonical
from foundation.journal.chain.blanked import Blanked
from foundation.journal.chain.compared_heads import missing_rows
from foundation.journal.chain.reading import ChainPlace, last_place, places, rows_between
from foundation.journal.chain.rows import ChainRow
from foundation.journal.models.history import Act
from foundation.journal.models.kinds import Kind
from scopeward_guard.vocabulary import MalformedError

NO_KEY = sys.maxsize
"""An age that no key has."""


class Stretch(NamedTuple):
    """Rows of the table, and what has to be known of those before them."""

    begins: ChainPlace
    """The place that the first row has to follow on."""
    after: int
    until: int
    """Greater numbers than `after`, up to this one."""
    oldest_key: int = NO_KEY
    """Age in the ring of the oldest key that may have made a row."""


@dataclass
class Checked:
    """What was found in a stretch; goes from one process to another."""

    begins: ChainPlace
    ends: ChainPlace
    passed: list[ChainPlace] = field(default_factory=list)
    """Each row, in order."""
    findings: dict[int, list[str]] = field(default_factory=dict)
    """`{place in passed: sentences}`."""
    blanked: Blanked = field(default_factory=Blanked)
    oldest_key: int = NO_KEY
    broken: str = ""
    """What ended the rows before their end."""


Run = Callable[[Iterable[Stretch]], Iterator[Checked]]
"""Checks stretches, and gives back what was found in them in their order."""


def stretches(begins: ChainPlace, after: int, oldest_key: int, rows: int) -> Iterator[Stretch]:
    """Yield the table in stretches of so many rows, from those with greater numbers than `after`.

    The first of them has to follow on `begins`, and be by no older key.
    """
    end, rotations = last_place(), deque(oldest_keys())
    for place in places(after, end.number, rows) if end else ():
        while rotations and rotations[0][0] <= after:
            oldest_key = min(oldest_key, rotations.popleft()[1])
        yield Stretch(begins, after, place.number, oldest_key)
        begins, after = place, place.number


def check_stretch(stretch: Stretch, on_row: Callable[[ChainRow], object] = bool) -> Checked:
    """Read a stretch of the table and check it."""
    rows = rows_between(stretch.after, stretch.until)
    return check(rows, stretch.begins, stretch.oldest_key, on_row)


def check(
    rows: Iterable[ChainRow],
    begins: ChainPlace,
    oldest_key: int = NO_KEY,
    on_row: Callable[[ChainRow], object] = bool,
) -> Checked:
    """Check rows that have to follow on the place where they begin. A ValueError ends them."""
    checked = Checked(begins, begins, oldest_key=oldest_key)
    try:
        for row in rows:
            found = list(_findings(row, checked))
            on_row(row)
            if found:
                checked.findings[len(checked.passed)] = found
            assert row.number is not None  # noqa: S101 - linked
            checked.ends = ChainPlace(row.number, row.hash)
            checked.passed.append(checked.ends)
    except ValueError as error:
        checked.broken = str(error)
    return checked


def _findings(row: ChainRow, so_far: Checked) -> Iterator[str]:
    number, before = row.number, so_far.ends
    assert number is not None  # noqa: S101 - linked
    is_next = number == before.number + 1
    if not is_next:
        yield missing_rows(before.number + 1, number - 1)
    name = f"Row {number}"
    act = text_of(row)
    yield from contents(row, act, name, so_far.blanked)
    # After a gap only the MAC can tell whether this row is what it was.
    if is_next and before.hash:
        linked = canonical.chained(number, before.hash, act, row.seal)
        if linked != row.hash:
            yield f"{name} does not follow on row {number - 1}: changed, or put in its place."
    if not canonical.is_linked(row.mac, row.hash):
        yield f"{name} was linked by somebody without the operator's secret."
    yield from _replaced_secrets(row, name, so_far)


def text_of(row: ChainRow) -> bytes:
    """Return what an act says in canonical JSON; nothing for what has no such form."""
    try:
        return canonical.canonical(row.act)
    except MalformedError:
        return b""  # nobody seals that


def contents(row: ChainRow, act: bytes, name: str, blanked: Blanked) -> Iterator[str]:
    """Yield what is wrong with a row by itself; `act` is `text_of` it."""
    if not canonical.is_sealed(row.seal, act):
        yield f"{name} has been changed."
    if row.act["kind"] == Kind.ERASED:
        blanked.erasure(row.act)
    if row.erased_in:
        yield from blanked.blanked(row, name)
    elif row.personal is None:
        if not row.personal_is_elsewhere:
            yield f"{name}: its personal part is gone."
    elif canonical.sha256(row.personal) != row.act["personal_digest"]:
        yield f"{name}: its personal part has been changed."


def _replaced_secrets(row: ChainRow, name: str, so_far: Checked) -> Iterator[str]:
    ring = canonical.ring()
    try:
        if row.act["kind"] == Kind.SECRET_ROTATED:
            so_far.oldest_key = min(so_far.oldest_key, _age_after(row.act["detail"]))
        if max(ring.age_of(row.seal), ring.age_of(row.mac)) > so_far.oldest_key:
            yield f"{name} was written with a secret that had been replaced by then."
    except UnknownKeyError:
        return  # and so it does not verify


def oldest_keys() -> list[tuple[int, int]]:
    """Return `(number, age)` for each row that replaced HISTORY_SECRET: how old a key may be then.

    One statement. So a stretch knows what the rows before it would have said.
    """
    rotations = Act.objects.filter(kind=Kind.SECRET_ROTATED, number__isnull=False)
    found = []
    for number, said in rotations.order_by("number").values_list("number", "detail"):
        try:
            found.append((number or 0, _age_after(said)))
        except UnknownKeyError:
            continue
    return found


def _age_after(said: dict[str, object]) -> int:
    """Return how old a key may be after an act that replaced a secret."""
    if said.get("secret") != "HISTORY_SECRET":
        return NO_KEY
    return canonical.ring().age_of(str(said.get("key")))
