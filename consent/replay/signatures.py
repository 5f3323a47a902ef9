"""The signatures of people under what they approved: by their key, under this, and as acts say.

Whoever has the database and every secret of the servers can write acts that verify. What they
cannot write is a signature by the key of a person, who alone has it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from claims.catalogue.models import AuthorizationDetailsType
from consent.approvals.deciders.counting import standing
from consent.approvals.deciders.demands import demands_of
from consent.approvals.deciders.matching import is_met
from consent.approvals.models import Approval, ApprovalState, Vote, VoteOutcome
from consent.approvals.signing.checking import MISSING, digest_of_signature, flaw_of_vote
from consent.approvals.terms import terms_of
from consent.replay.acts import person_of, said_of
from consent.replay.demanding import SETTING, TYPE, DemandsOverTime, Requested
from consent.replay.gaps import NO_GAPS, Gaps, Place, place_of
from foundation.journal.chain.rows import ChainRow
from foundation.journal.models import Actor, Kind

OF_KEYS = (Kind.FACTOR_ADDED, Kind.FACTOR_REMOVED)
KINDS = (*OF_KEYS, *SETTING, Kind.QUERY_REQUESTED, Kind.QUERY_VOTED)
"""Acts that say something about signatures."""
AGREED = frozenset(
    {
        ApprovalState.APPROVED,
        ApprovalState.MINTED,
        ApprovalState.CONSUMED,
        ApprovalState.EXECUTED,
        ApprovalState.FAILED,
        ApprovalState.UNKNOWN,
    }
)


@dataclass(frozen=True)
class SaidYes:
    """What an act says of a yes, and which keys were those of its giver by then."""

    signature: str
    keys: frozenset[str]
    gone: frozenset[str]
    """Keys of theirs that had been removed by then."""


class Signatures:
    """Sees the acts in their order, then looks at each signature that is kept."""

    def __init__(self, gaps: Gaps = NO_GAPS) -> None:
        """Begin without keys; `gaps` is what acts are not seen."""
        self.unknown = 0
        """Yes of which the acts are not here, so that nobody can say whose key it was."""
        self._gaps = gaps
        self._keys: dict[str, set[str]] = defaultdict(set)
        self._gone: dict[str, set[str]] = defaultdict(set)
        self._yes: dict[tuple[str, str], SaidYes] = {}
        self._signed: set[str] = set()
        self._asked_at: dict[str, Place] = {}
        self._asked: dict[str, datetime] = {}
        self._demands = DemandsOverTime()
        self._set_at: dict[str, Place] = {}
        self._acts = 0

    def take(self, row: ChainRow) -> None:
        """Remember what the act says."""
        act, said, kind = row.act, row.act["detail"], Kind(row.act["kind"])
        self._acts += 1
        self._demands.take(row)
        if kind in OF_KEYS and said.get("key"):
            is_new, person = kind is Kind.FACTOR_ADDED, person_of(row) or ""
            (self._keys if is_new else self._gone)[person].add(said["key"])
            (self._gone if is_new else self._keys)[person].discard(said["key"])
        elif kind is Kind.QUERY_REQUESTED:
            self._asked_at[said["approval"]] = place_of(row, self._acts)
            self._asked[said["approval"]] = datetime.fromisoformat(act["at"])
            if said.get("signed"):
                self._signed.add(said["approval"])
        elif kind is Kind.QUERY_VOTED:
            is_own = act["actor"] == Actor.PERSON
            voter = (person_of(row) if is_own else said_of(row, "actor_id")) or ""
            keys, gone = frozenset(self._keys[voter]), frozenset(self._gone[voter])
            yes = SaidYes(said.get("signature", ""), keys, gone)
            self._yes[said["approval"], voter] = yes
        elif kind in {Kind.CREATED, Kind.CHANGED} and act["object"][0] == TYPE:
            self._set_at[act["object"][1]] = place_of(row, self._acts)

    def findings(self) -> Iterator[str]:
        """Yield what is missing or wrong; of approvals for which nothing is signed, nothing."""
        types = AuthorizationDetailsType.objects.filter(needs_signature=True)
        demanding = {row.type: self._gaps.since(self._set_at.get(str(row.pk))) for row in types}
        rows = Approval.objects.prefetch_related("votes__signature", "votes__voter")
        for approval in rows.order_by("created_at").iterator(chunk_size=500):
            name = f"Approval {approval.pk} ({approval.binding_code})"
            since, asked_at = demanding.get(approval.type), self._asked_at.get(str(approval.pk))
            by_type = since is not None and asked_at is not None and asked_at > since
            by_type = by_type or self._was_wanted(approval)
            by_act, is_signed = str(approval.pk) in self._signed, terms_of(approval).needs_signature
            if (by_type or by_act) and not is_signed:
                yield f"{name} takes signatures, and was stored as if it did not."
            if by_type or by_act or is_signed:
                yield from (f"{name}: {flaw}." for flaw in self._flaws(approval))

    def _was_wanted(self, approval: Approval) -> bool:
        at = self._asked.get(str(approval.pk))
        if at is None or terms_of(approval).needs_signature:
            return False
        names = [str(name) for name in approval.detail.get("datatypes") or ()]
        asked = Requested(approval.type, approval.audience, names, at)
        return self._demands.wanted_signature(asked)

    def _flaws(self, approval: Approval) -> Iterator[str]:
        sound = []
        for vote in approval.votes.all():
            if vote.outcome != VoteOutcome.APPROVE:
                continue
            if flaw := self._flaw(approval, vote):
                yield f"the yes of {vote.voter.get_username()} {flaw}"
            else:
                sound.append(vote)
        if approval.state in AGREED and not is_met(*standing(demands_of(approval), sound)):
            yield "was approved without the signatures that it takes"

    def _flaw(self, approval: Approval, vote: Vote) -> str:
        if flaw := flaw_of_vote(approval, vote):
            return flaw
        kept: Any = vote.signature
        said = self._yes.get((str(approval.pk), str(vote.voter_id)))
        if said is None:
            return self._unseen(MISSING + " in any act", may_be=bool(self._gaps.signed))
        if said.signature != digest_of_signature(kept):
            return "has another signature than its act says"
        key = kept.signed.fingerprint
        if key in said.keys:
            return ""
        flaw = "was signed with a key that no act had made theirs, or that was removed by then"
        return self._unseen(flaw, may_be=bool(self._gaps) and key not in said.gone)

    def _unseen(self, flaw: str, *, may_be: bool) -> str:
        """Return a flaw, unless an act that is not here may say otherwise: that is counted."""
        self.unknown += may_be
        return "" if may_be else flaw
