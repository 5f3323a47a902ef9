"""Grants, by the acts of giving and taking back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from consent.models import Grant
from consent.replay.acts import applications, people, person_of, said_of
from foundation.journal.chain.rows import ChainRow
from foundation.journal.models import Kind

EMAIL = "email"


@dataclass
class ReplayedGrant:
    """What the acts made of one grant."""

    person: str | None = None
    client: str | None = None
    scopes: dict[str, int | None] = field(default_factory=dict)
    withheld: dict[str, list[str]] = field(default_factory=dict)
    shared_email: str | None = ""
    """None: nobody can know any more."""
    is_revoked: bool = False


class Grants:
    """Replays `granted`, `denied` and `revoked`."""

    def __init__(self) -> None:
        """Begin without grants."""
        self._made: dict[str, ReplayedGrant] = {}

    def take(self, row: ChainRow) -> None:
        """Do what the act did to its grant."""
        act = row.act
        if act["grant"] is None or act["kind"] not in {Kind.GRANTED, Kind.DENIED, Kind.REVOKED}:
            return
        grant = self._made.setdefault(act["grant"], ReplayedGrant())
        grant.person = person_of(row) or grant.person
        grant.client = act["client"]
        if act["kind"] == Kind.GRANTED:
            self._give(grant, row)
        elif act["detail"].get("whole"):
            grant.is_revoked = True
        else:
            for scope in act["scope"].split():
                self._take_back(grant, scope)

    def _give(self, grant: ReplayedGrant, row: ChainRow) -> None:
        scope, said = row.act["scope"], row.act["detail"]
        grant.scopes[scope] = said.get("until")
        if said.get("implicit"):
            return
        grant.withheld.pop(scope, None)
        if said.get("without"):
            grant.withheld[scope] = list(said["without"])
        if scope == EMAIL:
            grant.shared_email = said_of(row, "shared_email")

    def _take_back(self, grant: ReplayedGrant, scope: str) -> None:
        grant.scopes.pop(scope, None)
        grant.withheld.pop(scope, None)
        if scope == EMAIL:
            grant.shared_email = ""

    def findings(self) -> Iterator[str]:
        """Yield what disagrees."""
        accounts, made = people(), dict(self._made)
        for grant in Grant.objects.order_by("created_at").iterator():
            standing = made.pop(
                str(grant.pk), ReplayedGrant(str(grant.user_id), str(grant.client_id))
            )
            for flaw in _flaws(grant, standing):
                yield f"Grant {grant.pk} {flaw}."
        clients = applications()
        for pk, standing in made.items():
            both_are_there = standing.person in accounts and standing.client in clients
            if both_are_there and standing.scopes and not standing.is_revoked:
                yield f"Grant {pk} is gone, and no act says so."


def _flaws(grant: Grant, said: ReplayedGrant) -> Iterator[str]:
    if said.person not in {None, str(grant.user_id)}:
        yield "is another person's than its acts say"
    if said.client != str(grant.client_id):
        yield "is another application's than its acts say"
    if said.is_revoked or grant.revoked_at is not None:
        if grant.revoked_at is None:
            yield "stands, and was taken back"
        elif not said.is_revoked:
            yield "has ended, and no act says so"
        return
    yield from _scopes(grant.scopes, said.scopes)
    if _sorted(grant.withheld_claims) != _sorted(said.withheld):
        yield "leaves out other claims than its acts say"
    if said.shared_email not in {None, grant.shared_email}:
        yield "shares another e-mail address than its acts say"


def _scopes(held: dict[str, Any], given: dict[str, int | None]) -> Iterator[str]:
    if more := sorted(held.keys() - given.keys()):
        yield f"holds {' '.join(more)}, which no act gave"
    if fewer := sorted(given.keys() - held.keys()):
        yield f"lacks {' '.join(fewer)}, which no act took back"
    for scope in sorted(held.keys() & given.keys()):
        if held[scope] != given[scope]:
            yield f"holds {scope} for another time than its act says"


def _sorted(withheld: dict[str, Any]) -> dict[str, list[str]]:
    return {scope: sorted(claims) for scope, claims in withheld.items()}
