"""The signatures alone, by the acts that say something of them: a small part of the history."""

from collections.abc import Collection, Iterator
from pathlib import Path

from django.db.models import F, Q

from consent.replay.demanding import RULE, SETTING, TYPE
from consent.replay.gaps import gaps_beside
from consent.replay.signatures import KINDS, Signatures
from foundation.journal.chain.rows import ChainRow, archived_rows, row_of
from foundation.journal.models.history import Act


def signatures_checked(
    archives: Collection[Path], uncompared: list[str] | None = None
) -> Iterator[str]:
    """Yield what is missing or wrong; the acts are those of the table and of the archives.

    What only other archives could tell is added to `uncompared`: nothing, where nothing was
    signed, since the seals count what was.
    """
    signatures = Signatures(gaps_beside(archives))
    for row in _rows(archives):
        signatures.take(row)
    yield from signatures.findings()
    if signatures.unknown and uncompared is not None:
        uncompared.append(
            f"Signatures under approvals whose acts are in no archive that was given, or those of "
            f"their keys: {signatures.unknown}. Whose keys these are was not checked."
        )


def _rows(archives: Collection[Path]) -> Iterator[ChainRow]:
    archived = [row for path in archives for row in archived_rows(path) if row.act["kind"] in KINDS]
    yield from sorted(archived, key=lambda row: row.number or 0)
    acts = Act.objects.filter(kind__in=KINDS).select_related("personal")
    # Of configuration only types and rules: there may be much of it.
    acts = acts.exclude(~Q(object_kind__in=(TYPE, RULE)), kind__in=SETTING)
    for act in acts.order_by(F("number").asc(nulls_last=True), "at").iterator():
        yield row_of(act)
