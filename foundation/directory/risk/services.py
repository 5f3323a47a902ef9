"""Assessing a session, and writing it down."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from foundation.base.clearing import delete_in_batches
from foundation.directory.factors.selectors import reachable
from foundation.directory.models import FailedSignIn, SignInRecord
from foundation.directory.models.risk import Occasion
from foundation.directory.risk.context import Locator, PastSignIn, RiskContext, Whereabouts
from foundation.directory.risk.rules import current_rules
from foundation.directory.risk.scoring import Risk, score, worst
from foundation.directory.risk.state import RiskState, stronger_than

KEPT = timedelta(days=180)
"""How long a sign-in is remembered."""
LOOKED_AT = 200
"""Sign-ins of the past that a new one is compared with."""
REMEMBERED = 20
"""Places that a session remembers; one that is forgotten is only judged again."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A session at one moment, as the web server sees it."""

    person: UUID
    occasion: Occasion
    sid: str
    acr: str
    """Of the sign-in that is judged, by what counts of its proofs."""
    here: Whereabouts
    device: str
    """Digest of the device cookie."""
    same_device: Collection[str]
    """What it may have been stored as before: its digests under older secrets too."""
    failures: int
    at: datetime
    zone: tzinfo
    locate: Locator


@dataclass(frozen=True, slots=True)
class Assessment:
    """What to remember in the session, unless it is to be ended."""

    state: RiskState
    ends_session: bool


def assess(visit: Visit, before: RiskState | None) -> Assessment:
    """Judge a session and write it down. Two statements, while the rules are warm.

    `before` is what the session remembers. A sign-in and a re-authentication judge all parts anew,
    against the past before this session; a change never lowers a part.
    """
    rules = current_rules()
    risk = score(_moment(visit, before), rules.weights)
    if visit.occasion is Occasion.CHANGE and before is not None:
        risk = worst(before.risk, risk)
    state = STATE_AFTER[visit.occasion](visit, before, risk)
    ends = risk.score >= rules.end_session_from
    is_news = before is None or risk != before.risk or visit.occasion is not Occasion.CHANGE
    if is_news or ends:
        _write_down(visit, state, ends=ends)
    return Assessment(state, ends_session=ends)


def _after_sign_in(visit: Visit, before: RiskState | None, risk: Risk) -> RiskState:  # noqa: ARG001
    return RiskState(risk, confirmed=(visit.here,), demanded_acr=_demanded(visit, risk))


def _after_reauthentication(visit: Visit, before: RiskState | None, risk: Risk) -> RiskState:
    """Whoever knows the password is at home here; where the session merely was, is forgotten."""
    confirmed = before.confirmed if before else ()
    demanded = (before.demanded_acr if before else "") or _demanded(visit, risk)
    here = visit.here
    places = (here, *(place for place in confirmed if place != here))[:REMEMBERED]
    doubted_at = before.doubted_at if before else None
    return RiskState(risk, places, (), demanded, doubted_at, is_confirmed=True)


def _after_change(visit: Visit, before: RiskState | None, risk: Risk) -> RiskState:
    """Ask once more only about what has become worse.

    Who took the cookie took all that it had proved: what is demanded has to be proved since then.
    """
    if before is None:
        return _after_sign_in(visit, before, risk)
    moved = replace(before, visited=(visit.here, *before.visited)[:REMEMBERED])
    if risk == before.risk:
        return moved
    demanded = _demanded(visit, risk)
    doubted_at = visit.at if demanded else None
    return replace(
        moved, risk=risk, demanded_acr=demanded, doubted_at=doubted_at, is_confirmed=False
    )


STATE_AFTER: dict[Occasion, Callable[[Visit, RiskState | None, Risk], RiskState]] = {
    Occasion.SIGN_IN: _after_sign_in,
    Occasion.REAUTHENTICATION: _after_reauthentication,
    Occasion.CHANGE: _after_change,
}


def _demanded(visit: Visit, risk: Risk) -> str:
    """Return the level that a doubtful sign-in has to reach, empty for one that is good enough."""
    if risk.score < current_rules().ask_again_from:
        return ""
    return stronger_than(visit.acr, reachable(visit.person))


def _moment(visit: Visit, before: RiskState | None) -> RiskContext:
    is_change = visit.occasion is Occasion.CHANGE
    return RiskContext(
        at=visit.at,
        here=visit.here,
        device=visit.device,
        past=_past(visit),
        failures=visit.failures,
        zone=visit.zone,
        confirmed=before.confirmed if before and is_change else (),
        locate=visit.locate,
    )


def _past(visit: Visit) -> tuple[PastSignIn, ...]:
    rows = SignInRecord.objects.filter(
        user=visit.person, is_trusted=True, at__gt=visit.at - KEPT
    ).order_by("-at", "-pk")
    if visit.occasion is not Occasion.CHANGE:
        rows = rows.exclude(sid=visit.sid)
    found = rows.values_list("at", "network", "device")[:LOOKED_AT]
    return tuple(
        PastSignIn(at, network, visit.device if device in visit.same_device else device)
        for at, network, device in found
    )


def _write_down(visit: Visit, state: RiskState, *, ends: bool) -> None:
    network, browser, system = visit.here
    SignInRecord.objects.create(
        user_id=visit.person,
        at=visit.at,
        occasion=visit.occasion,
        sid=visit.sid,
        network=network,
        device=visit.device,
        browser=browser,
        system=system,
        score=state.risk.score,
        parts=[part.as_json() for part in state.risk.parts],
        is_trusted=_is_trusted(visit, state, ends=ends),
        has_ended_session=ends,
    )


def _is_trusted(visit: Visit, state: RiskState, *, ends: bool) -> bool:
    """Say whether later sign-ins may look like this one.

    Not what was only tried, what is still doubted, and where a session merely turned up: a thief
    would make himself at home with it.
    """
    return not (ends or visit.occasion is Occasion.CHANGE or state.is_doubted(visit.acr))


def disown(person: UUID, sid: str, *, now: datetime) -> int:
    """Trust nothing of a session any more: the person says it was not theirs. Return how many."""
    records = SignInRecord.objects.filter(user=person, sid=sid, disowned_at__isnull=True)
    return records.update(is_trusted=False, disowned_at=now)


def clear_expired(now: datetime) -> dict[str, int]:
    """Delete what no assessment looks at any more; return how many rows of each kind."""
    expired = {
        "sign_in_records": SignInRecord.objects.filter(at__lte=now - KEPT),
        "failed_sign_ins": FailedSignIn.objects.filter(at__lte=now - timedelta(days=1)),
    }
    return {kind: delete_in_batches(rows, by="at") for kind, rows in expired.items()}
