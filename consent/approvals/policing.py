"""What policy says of a request for approval: whether it may be made at all, and who must agree.

It is asked when the request is lodged, when its token is minted, and when that is used. How the
caller of the resource server has signed in only its guard can see, so that is taken to be as good
as it can be here: what this refuses, no sign-in would help.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from claims import subject as subjects
from claims.facts import entity_of
from consent.approvals.errors import ForbiddenByPolicyError
from consent.approvals.models import Approval
from foundation.directory.levels import levels
from foundation.directory.models import Client
from policy.deciding import decide, foresee
from policy.selectors import policy_for
from scopeward_guard.vocabulary import (
    Circumstances,
    Entity,
    Evaluation,
    Obligation,
    Unknown,
    is_query_detail,
    known,
    query_resource,
    question,
)

NO_ACTION = "none"
"""No schema knows it, so nothing permits it."""


@dataclass(frozen=True)
class Matter:
    """Who asks for what, from where; `requester_id` is None when the client asks for itself."""

    audience: str
    detail: Mapping[str, Any]
    requester_id: UUID | None
    client_pk: int
    address: str | None = None
    risk: int | None = None
    emergency: bool | None = None
    """Whether emergency access was taken; None: it still may be."""


@dataclass(frozen=True)
class Ruling:
    """Whose agreement policy wants, and which policy said so; empty where there is none."""

    approvers: tuple[Obligation, ...] = ()
    revision: str = ""


@dataclass(frozen=True)
class Asker:
    """Who asks, with their facts, and through which application."""

    subject: Entity
    client_id: str
    application: str


def ruling_on(matter: Matter) -> Ruling:
    """Return who must agree. Raises ForbiddenByPolicyError when no approval would help.

    Three statements at most, none where the resource server has no policy.
    """
    if not _is_policed(matter):
        return Ruling()
    asker = _asker(matter)
    _check_permitted(matter, asker)
    foreseen = [
        foresee(matter.audience, evaluation, is_all_known=True)
        for evaluation in _evaluations(matter, asker, approved=False)
    ]
    decisions = [decision for decision in foreseen if decision is not None]
    wanted = [duty for decision in decisions for duty in decision.obligations]
    return Ruling(
        approvers=tuple(duty for duty in wanted if duty.id == "approvers"),
        revision=next((decision.policy_rev for decision in decisions), ""),
    )


def still_permits(approval: Approval) -> bool:
    """Say whether policy permits now what was approved then."""
    matter = Matter(
        audience=approval.audience,
        detail=approval.detail,
        requester_id=approval.requester_id,
        client_pk=approval.client_id,
        address=approval.address,
        risk=approval.risk,
        emergency=approval.is_break_glass,
    )
    if not _is_policed(matter):
        return True
    try:
        _check_permitted(matter, _asker(matter))
    except ForbiddenByPolicyError:
        return False
    return True


def _check_permitted(matter: Matter, asker: Asker) -> None:
    for evaluation in _evaluations(matter, asker, approved=True):
        if matter.emergency is None and _would_in_emergency(matter, evaluation):
            continue
        answer = decide(
            matter.audience, evaluation, application=asker.application, is_all_known=True
        )
        if answer is not None and not answer.decision.permit:
            words = " ".join(answer.decision.reasons) or _("Policy does not permit this.")
            raise ForbiddenByPolicyError(words)


def _would_in_emergency(matter: Matter, evaluation: Evaluation) -> bool:
    """Say whether it would be permitted to whoever takes emergency access: that is for later."""
    context = {**evaluation.context, "emergency": True}
    decision = foresee(matter.audience, replace(evaluation, context=context), is_all_known=True)
    return decision is not None and decision.permit


def _is_policed(matter: Matter) -> bool:
    # Other types have no shape that a policy could speak of; their rules say who must agree.
    return is_query_detail(matter.detail) and policy_for(matter.audience) is not None


def _evaluations(matter: Matter, asker: Asker, *, approved: bool) -> list[Evaluation]:
    """Return a question for each action: an upsert is two. No action is one nobody permits."""
    return [
        question(
            asker.subject,
            action,
            _query(matter.detail),
            _circumstances(matter, asker, approved=approved),
        )
        for action in _listed(matter.detail, "actions") or [NO_ACTION]
    ]


def _asker(matter: Matter) -> Asker:
    model = Client
    client_id, name = model.objects.values_list("client_id", "name").get(pk=matter.client_pk)
    if matter.requester_id is None:
        return Asker(Entity(type="client", id=client_id), client_id, name)
    return Asker(entity_of(subjects.load(matter.requester_id)), client_id, name)


def _query(detail: Mapping[str, Any]) -> Entity:
    return query_resource(
        str(detail.get("identifier", "")),
        _listed(detail, "datatypes"),
        scopes=(),  # Which ones it takes only the guard knows.
        max_rows=detail.get("max_rows"),
        purpose=detail.get("purpose", ""),
    )


def _listed(detail: Mapping[str, Any], member: str) -> list[str]:
    # An administrator's own version of the type may have another schema.
    said = detail.get(member)
    return [str(entry) for entry in said] if isinstance(said, list) else []


def _circumstances(matter: Matter, asker: Asker, *, approved: bool) -> Circumstances:
    return Circumstances(
        time=timezone.now().timestamp(),
        # Only the guard sees how the caller of the resource server signed in: as well as can be.
        acr=levels()[-1],
        authentication_age=0,
        client_id=asker.client_id,
        scopes=(),  # An approval stands for them.
        address=known(matter.address, Unknown("The program did not say where the person is.")),
        session=Unknown("It may be another one by then; an approval ends with its grant."),
        risk=known(matter.risk, Unknown("No session of a person is behind it.")),
        approved=approved,
        approval=matter.detail if approved else Unknown("Nothing is approved yet."),
        emergency=bool(matter.emergency),
    )
