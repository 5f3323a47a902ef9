"""Decisions: the newest word of a person on each scope of each application."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from consent.models import ORDINARY, DecisionOutcome, Grant, ScopeDecision
from consent.replay.acts import applications, people, person_of
from foundation.journal.chain.rows import ChainRow
from foundation.journal.models import Actor, Kind

Key = tuple[str, str, str, str]
"""Person, application, `kept_with`, scope."""


@dataclass(frozen=True)
class Said:
    """What an act says was decided."""

    outcome: str
    until: int | None = None
    without: tuple[str, ...] = ()


class Decisions:
    """Replays what people said, took back and reopened."""

    def __init__(self) -> None:
        """Find out which grants keep their decisions apart."""
        columns = Grant.objects.values_list("pk", "user_id", "separate")
        self._grants = {str(pk): (str(user), apart) for pk, user, apart in columns.iterator()}
        self._said: dict[Key, Said] = {}
        self._unknown: set[tuple[str, str, str]] = set()
        """(Application, `kept_with`, scope) of acts whose person was erased."""

    def take(self, row: ChainRow) -> None:
        """Do what the act did to the decisions it is about."""
        act, said = row.act, row.act["detail"]
        if act["kind"] not in {Kind.GRANTED, Kind.DENIED, Kind.REVOKED, Kind.REOPENED}:
            return
        if said.get("implicit") or said.get("whole") or said.get("kept") is False:
            return
        for scope in act["scope"].split():
            self._decide(row, scope)

    def _decide(self, row: ChainRow, scope: str) -> None:
        act, said = row.act, row.act["detail"]
        owner, apart = self._grants.get(act["grant"] or "", (None, False))
        kept_with = act["grant"] if apart else str(ORDINARY)
        person = person_of(row) or owner
        if person is None:
            self._unknown.add((act["client"], kept_with, scope))
            return
        key = (person, act["client"], kept_with, scope)
        if act["kind"] == Kind.REOPENED:
            self._said.pop(key, None)
        elif act["kind"] == Kind.REVOKED and act["actor"] == Actor.CLIENT:
            self._give_up(key, datetime.fromisoformat(act["at"]))
        elif act["kind"] == Kind.GRANTED:
            without = tuple(sorted(said.get("without", ())))
            self._said[key] = Said(DecisionOutcome.GRANTED, said.get("until"), without)
        else:
            self._said[key] = Said(DecisionOutcome.DENIED)

    def _give_up(self, key: Key, at: datetime) -> None:
        """Forget a yes that still counted; what had ended by itself stays, and a no does."""
        said = self._said.get(key, Said(DecisionOutcome.DENIED))
        if said.outcome == DecisionOutcome.GRANTED and (
            said.until is None or said.until > at.timestamp()
        ):
            del self._said[key]

    def findings(self) -> Iterator[str]:
        """Yield what disagrees."""
        accounts, said = people(), dict(self._said)
        for row in ScopeDecision.objects.order_by("pk").iterator():
            key = (str(row.user_id), str(row.client_id), str(row.kept_with), row.scope)
            expected = said.pop(key, None)
            if expected is None and key[1:] in self._unknown:
                continue
            if expected != _said(row):
                which = "no act tells of it" if expected is None else "its act says otherwise"
                yield f"Decision {row.pk} about {row.scope} ({row.outcome}): {which}."
        clients = applications()
        for (person, client, _, scope), lost in said.items():
            if person in accounts and client in clients:
                yield (
                    f"A decision about {scope} of application {client} is gone "
                    f"({lost.outcome}), and no act says so."
                )


def _said(row: ScopeDecision) -> Said:
    until = _seconds(row.expires_at)
    return Said(row.outcome, until, tuple(sorted(row.withheld_claims)))


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.astimezone(UTC).timestamp())
