"""What the chain says of single acts: a page of them, without going through everything."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from foundation.base.keys.documents import SEGMENT_TYP, BadSignatureError, signer
from foundation.journal.chain import canonical
from foundation.journal.chain.canonical import FIRST_HASH, is_same, is_segment
from foundation.journal.chain.rows import ChainRow, row_of, segment_members
from foundation.journal.models.history import Act, Segment


class ChainVerdict(TextChoices):
    """Whether an act is what was written."""

    VERIFIED = "verified", _("Verified")
    WAITING = "waiting", _("Verified, not linked yet")
    BROKEN = "broken", _("Does not verify")


class Flaw(TextChoices):
    """What is wrong with an act."""

    SEAL = "seal", _("The act has been changed.")
    PERSONAL = "personal", _("What it says about people has been changed or removed.")
    LINK = "link", _("It does not follow on the act before.")
    BEFORE = "before", _("The act before is missing.")
    MAC = "mac", _("It was linked by somebody without the operator's secret.")


@dataclass(frozen=True)
class ChainFacts:
    """An act's place in the chain, and whether everything about it agrees."""

    verdict: ChainVerdict
    flaws: tuple[Flaw, ...]
    previous_hash: str
    """Empty when it is not linked, or when the act before is missing."""
    is_erased: bool
    """What it said about people was erased on request."""


def inspect(acts: Sequence[Act]) -> list[ChainFacts]:
    """Return the facts of each act, in order. Two statements; `personal` must have been fetched.

    Every act is held against its seal, its personal part and its neighbour. That none is missing
    at the end is for `verification` to say, which has the exported heads.
    """
    before = _hashes_before({act.number for act in acts if act.number is not None})
    return [_facts(row_of(act), before) for act in acts]


def sealed_segments() -> list[tuple[Segment, bool]]:
    """Return the seals of archived acts, newest first, each with whether its signature holds."""
    return [(segment, is_sealed_by_us(segment)) for segment in Segment.objects.order_by("-first")]


def rows_linked_by(key_id: str) -> int:
    """Return how many acts were linked under the key with this id (`foundation.base.keyed`)."""
    return Act.objects.filter(mac__startswith=key_id).count()


def _hashes_before(numbers: Collection[int]) -> dict[int, str]:
    wanted = {number - 1 for number in numbers}
    hashes = {0: FIRST_HASH}
    hashes |= dict(Segment.objects.filter(last__in=wanted).values_list("last", "last_hash"))
    for number, row_hash in Act.objects.filter(number__in=wanted).values_list("number", "hash"):
        if number is not None:
            hashes[number] = row_hash
    return hashes


def _facts(row: ChainRow, before: dict[int, str]) -> ChainFacts:
    previous = "" if row.number is None else before.get(row.number - 1, "")
    flaws = tuple(_flaws(row, previous))
    sound = ChainVerdict.WAITING if row.number is None else ChainVerdict.VERIFIED
    return ChainFacts(
        verdict=ChainVerdict.BROKEN if flaws else sound,
        flaws=flaws,
        previous_hash=previous,
        is_erased=row.erased_in is not None,
    )


def _flaws(row: ChainRow, previous: str) -> Iterator[Flaw]:
    act = canonical.canonical(row.act)
    if not canonical.is_sealed(row.seal, act):
        yield Flaw.SEAL
    if not _is_personal_part_sound(row):
        yield Flaw.PERSONAL
    if row.number is None:
        return
    if not previous:
        yield Flaw.BEFORE
    elif not is_same(canonical.chained(row.number, previous, act, row.seal), row.hash):
        yield Flaw.LINK
    if not canonical.is_linked(row.mac, row.hash):
        yield Flaw.MAC


def is_sealed_by_us(segment: Segment) -> bool:
    """Whether a seal is signed, keyed, and says what its row says."""
    try:
        said = signer().verify(segment.jws, typ=SEGMENT_TYP)
        return said == segment_members(segment) and is_segment(segment.mac, segment.jws)
    except BadSignatureError:
        return False


def flaws_of_seal(segment: Segment, previous: tuple[int, str]) -> Iterator[str]:
    """Yield what is wrong with a seal, which has to follow on a row (number and hash)."""
    if not is_sealed_by_us(segment):
        yield f"The seal of rows {segment} is forged: rows have been removed without archiving."
    elif segment.acts != segment.last - segment.first + 1:
        yield f"The seal of rows {segment} stands for {segment.acts} acts."
    if (segment.first - 1, segment.previous_hash) != previous:
        yield f"The seal of rows {segment} does not follow on row {previous[0]}."


def _is_personal_part_sound(row: ChainRow) -> bool:
    if row.erased_in is not None:
        return canonical.is_erased(row.erased_mac, row.act["id"], row.erased_in)
    digest = canonical.sha256(row.personal) if row.personal is not None else ""
    return is_same(digest, row.act["personal_digest"])
