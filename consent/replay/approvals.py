"""Approvals and the votes on them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from claims.catalogue.details import digest_of
from consent.approvals.models import Approval, ApprovalState, Vote
from consent.approvals.transitions import TRANSITIONS
from consent.replay.acts import applications, people, person_of, said_of
from foundation.journal.chain.rows import ChainRow
from foundation.journal.models import Actor, Kind

TARGETS = {line.kind: line.target for line in TRANSITIONS.values()}
"""Where an approval stands after each act that moves it."""
Ballot = tuple[str | None, str, str | None]
"""Who voted, what, for whom; None: nobody can know any more."""


@dataclass
class ApprovalCourse:
    """What the acts say of one approval."""

    state: ApprovalState = ApprovalState.PENDING
    said: dict[str, Any] = field(default_factory=dict)
    """What was asked, in the names of the columns."""
    person: str | None = None
    """None: of a client that asked for itself, or nobody can know any more."""
    ballots: list[Ballot] = field(default_factory=list)


class Approvals:
    """Replays what happened to each approval."""

    def __init__(self) -> None:
        """Begin without approvals."""
        self._courses: dict[str, ApprovalCourse] = {}

    def take(self, row: ChainRow) -> None:
        """Do what the act did."""
        act, said = row.act, row.act["detail"]
        kind = Kind(act["kind"])
        if kind is Kind.QUERY_REQUESTED:
            self._courses[said["approval"]] = _asked(row)
        course = self._courses.get(str(said.get("approval")))
        if course is None:
            return
        if kind in TARGETS:
            course.state = TARGETS[kind]
            course.said |= _also(kind, said)
        elif kind is Kind.QUERY_VOTED:
            asked_herself = act["actor"] == Actor.PERSON
            voter = person_of(row) if asked_herself else said_of(row, "actor_id")
            course.ballots.append((voter, said["outcome"], said_of(row, "other_id")))

    def findings(self) -> Iterator[str]:
        """Yield what disagrees."""
        accounts, courses = people(), dict(self._courses)
        clients, votes = applications(), _votes()
        for approval in Approval.objects.order_by("created_at").iterator():
            name = f"Approval {approval.pk} ({approval.binding_code})"
            course = courses.pop(str(approval.pk), None)
            if course is None:
                yield f"{name} was made without an act."
                continue
            for flaw in _flaws(approval, course):
                yield f"{name} {flaw}."
            if not _agree(course.ballots, votes[approval.pk], accounts):
                yield f"{name} has other votes than its acts say."
        for pk, course in courses.items():
            if course.said["client_id"] in clients and course.person in accounts:
                yield f"Approval {pk} is gone, and no act says so."


def _asked(row: ChainRow) -> ApprovalCourse:
    act, said = row.act, row.act["detail"]
    columns = {
        "type": act["scope"],
        "client_id": act["client"],
        "audience": said["audience"],
        "detail_digest": said["detail"],
        "query_hash": said["query"],
        "policy_rev": said["policy"],
        "txn": said["txn"],
        "is_break_glass": False,
    }
    return ApprovalCourse(said=columns, person=person_of(row))


def _also(kind: Kind, said: dict[str, Any]) -> dict[str, Any]:
    if kind is Kind.QUERY_OVERRIDDEN:
        return {"is_break_glass": True}
    if kind is Kind.QUERY_MINTED:
        return {"jti": said["jti"]}
    return {"row_count": said["rows"]} if kind is Kind.QUERY_EXECUTED else {}


def _flaws(approval: Approval, course: ApprovalCourse) -> Iterator[str]:
    if approval.state != course.state:
        yield f"is {approval.state}, and its acts made it {course.state}"
    if course.person and str(approval.requester_id) != course.person:
        yield "was asked by another person than its act says"
    for column, value in course.said.items():
        held = getattr(approval, column)
        if (str(held) if column == "client_id" else held) != value:
            yield f"has another {column} than its act says"
    if digest_of(approval.canonical) != approval.detail_digest:
        yield "says something else than what was asked"


def _votes() -> dict[Any, list[Ballot]]:
    found: dict[Any, list[Ballot]] = defaultdict(list)
    columns = ("approval_id", "voter_id", "outcome", "on_behalf_of_id")
    for approval, voter, outcome, principal in Vote.objects.values_list(*columns).iterator():
        found[approval].append((str(voter), outcome, str(principal or "")))
    return found


def _agree(said: list[Ballot], held: list[Ballot], accounts: set[str]) -> bool:
    """Whether the votes are those of the acts; a vote goes with the account of its giver."""
    if any(voter is None for voter, _, _ in said):
        counted = Counter(outcome for _, outcome, _ in said)
        return not Counter(outcome for _, outcome, _ in held) - counted
    lasting = [
        ballot
        for ballot in said
        if ballot[0] in accounts and (not ballot[2] or ballot[2] in accounts)
    ]
    return Counter(lasting) == Counter(held)
