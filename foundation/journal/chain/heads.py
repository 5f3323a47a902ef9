"""The head of the chain, signed and exported, so that a tail that was cut off is missed.

A file a day in `HISTORY_HEADS_DIR`, one compact JWS a line, only ever appended to. Copy them away:
whoever can write both the database and this folder can cut both.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from foundation.base.keys.documents import HEAD_TYP, BadSignatureError, signer
from foundation.journal.chain.canonical import timestamp
from foundation.journal.models.history import ChainHead


@dataclass(frozen=True)
class Head:
    """What was said of the end of the chain: at `at` (RFC 3339), row `number` had `hash`."""

    number: int
    hash: str
    at: str


def export_head(folder: Path | None = None) -> Head | None:
    """Sign the head and append it to the day's file; None when it is the last one exported.

    `folder` is HISTORY_HEADS_DIR unless given.
    """
    folder = folder or Path(settings.HISTORY_HEADS_DIR)
    row = ChainHead.objects.first()
    if row is None or row.number == 0:
        return None
    head = Head(row.number, row.hash, timestamp(timezone.now()))
    path = folder / f"{head.at[:10]}.jws"
    jws = signer().sign({"number": head.number, "hash": head.hash, "at": head.at}, typ=HEAD_TYP)
    if _last_of(path) == (head.number, head.hash):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="ascii") as file:
        file.write(jws + "\n")
    return head


def exported_heads(folder: Path | None = None) -> Iterator[Head]:
    """Yield every exported head, oldest first. Raise BadSignatureError for a line that is none."""
    for path in sorted(Path(folder or settings.HISTORY_HEADS_DIR).glob("*.jws")):
        yield from _heads_of(path)


def newest_head() -> Head | None:
    """Return the head that was exported last, if the folder is here. Raise BadSignatureError."""
    paths = sorted(Path(settings.HISTORY_HEADS_DIR).glob("*.jws"))
    last = deque(_heads_of(paths[-1]), maxlen=1) if paths else None
    return last[0] if last else None


def _heads_of(path: Path) -> Iterator[Head]:
    verify = signer().verify
    with path.open(encoding="ascii", errors="replace") as file:
        for place, line in enumerate(file, start=1):
            try:
                said = verify(line.strip(), typ=HEAD_TYP)
                yield Head(int(said["number"]), str(said["hash"]), str(said["at"]))
            except (BadSignatureError, KeyError, ValueError) as error:
                raise BadSignatureError(f"{path.name}, line {place}: {error}") from error


def _last_of(path: Path) -> tuple[int, str] | None:
    if not path.exists():
        return None
    last = deque(_heads_of(path), maxlen=1)
    return (last[0].number, last[0].hash) if last else None
