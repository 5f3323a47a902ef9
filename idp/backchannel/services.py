"""Taking in a checked authentication request (CIBA Core §7.3), and using its answer up."""

import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from claims.catalogue.details import Detail, InexactDetailError
from consent.answering.services import ProgramAsking, open_consent_request
from consent.approvals.errors import UnanswerableError
from consent.approvals.lodging.requesting import lodging_of
from consent.approvals.lodging.services import lodge as lodge_approval
from consent.approvals.notices.outbox import tell_asked
from consent.consent_question import ConsentQuestion
from foundation.base import conf
from foundation.base.clearing import delete_in_batches
from foundation.base.keys.secret_texts import seal_text
from foundation.base.secrets import digest
from foundation.directory.may_use import may_use
from foundation.directory.models import Client, User
from foundation.directory.models.client_choices import DeliveryMode
from foundation.journal.context import DecisionContext
from idp.authorize.checks.authorization_details import requested_details
from idp.authorize.checks.scope import effective_scopes
from idp.authorize.request import AuthorizationRequest
from idp.backchannel import limits
from idp.backchannel.checks import lifetime
from idp.backchannel.hints import person_meant
from idp.backchannel.request import BackchannelParameters
from idp.errors import AccessDeniedError, InvalidAuthorizationDetailsError, UnknownUserIdError
from idp.models import BackchannelRequest

if TYPE_CHECKING:
    from consent.models import ConsentRequest

SLOWER_BY = 5
"""Seconds (CIBA Core §11 `slow_down`)."""
KEPT = timedelta(days=1)
"""So long it is remembered that an `auth_req_id` has expired."""


@dataclass(frozen=True, slots=True)
class Lodged:
    """The acknowledgement (CIBA Core §7.3). Durations are seconds."""

    auth_req_id: str
    expires_in: int
    interval: int


def lodge(parameters: BackchannelParameters, client: Client, *, context: DecisionContext) -> Lodged:
    """Put a checked request to the person it means, and tell them. Raises `OAuthError`.

    `context` says where the client asks from.
    """
    limits.refuse_guessing(client)
    try:
        person = person_meant(parameters, client)
    except UnknownUserIdError:
        limits.note_stranger(client)
        raise
    if not may_use(client, person.pk):
        raise AccessDeniedError("This application is not for that person.")
    with transaction.atomic():
        limits.refuse_crowding(client, person)
        stored, auth_req_id = _store(parameters, client, person, asked_from=context.address)
        tell_asked(ask_person(stored, person, binding_message=parameters.binding_message))
    return Lodged(auth_req_id, lifetime(parameters), stored.interval)


@transaction.atomic
def lodge_for_itself(
    parameters: BackchannelParameters, client: Client, *, context: DecisionContext
) -> Lodged:
    """Put what a client asks for itself to the approvers that the rules find (our extension).

    Each detail is good for one use. Raises `OAuthError`; nothing is lodged then.
    """
    details = requested_details(parameters.request, client)
    if not all(detail.type.single_use for detail in details):
        raise InvalidAuthorizationDetailsError("For itself a client asks for one use at a time.")
    limits.refuse_own_flood(client, len(details))
    txn = str(uuid4())
    lodged = [_lodged(detail, parameters, client, context, txn) for detail in details]
    ids = [str(approval.pk) for approval in lodged]
    stored, auth_req_id = _store(parameters, client, None, approvals=ids)
    return Lodged(auth_req_id, lifetime(parameters), stored.interval)


def use_up(request: BackchannelRequest, *, now: datetime) -> bool:
    """Use the `auth_req_id` up; False when somebody else has just done so."""
    unused = BackchannelRequest.objects.filter(pk=request.pk, used_at__isnull=True)
    return unused.update(used_at=now, next_attempt_at=None) == 1


def note_poll(request: BackchannelRequest, *, now: datetime) -> bool:
    """Note that the client polls; False when it polls too soon, and has to be slower from now on.

    One conditional UPDATE: of two polls at once, one is too soon (CIBA Core §7.3, §11).
    """
    row = BackchannelRequest.objects.filter(pk=request.pk)
    pause = timedelta(seconds=request.interval)
    in_time = row.filter(next_poll_at__lte=now, interval=request.interval)
    if in_time.update(next_poll_at=now + pause):
        return True
    row.update(
        interval=F("interval") + SLOWER_BY, next_poll_at=now + pause + timedelta(seconds=SLOWER_BY)
    )
    return False


def clear_expired(now: datetime) -> int:
    """Delete what has been over for a day; return how many."""
    over = BackchannelRequest.objects.filter(expires_at__lte=now - KEPT)
    return delete_in_batches(over, by="expires_at")


def _lodged(
    detail: Detail,
    parameters: BackchannelParameters,
    client: Client,
    context: DecisionContext,
    txn: str,
) -> Any:
    asked = lodging_of(
        detail.data,
        client_id=client.pk,
        requester_id=None,
        binding_message=parameters.binding_message,
        txn=txn,
    )
    # A yes waits as long as the others asked for together with it.
    terms = replace(
        asked.terms,
        pending_seconds=min(asked.terms.pending_seconds, lifetime(parameters)),
        approved_seconds=max(asked.terms.approved_seconds, lifetime(parameters)),
    )
    try:
        return lodge_approval(replace(asked, terms=terms), context)
    except UnanswerableError as error:
        raise AccessDeniedError("Nobody could approve this: a rule is missing.") from error
    except InexactDetailError as error:
        raise InvalidAuthorizationDetailsError(str(error)) from error


def _store(
    parameters: BackchannelParameters, client: Client, person: User | None, **more: Any
) -> tuple[BackchannelRequest, str]:
    auth_req_id = secrets.token_urlsafe(32)
    now = timezone.now()
    interval = conf.current().backchannel_interval
    is_pinged = client.backchannel_token_delivery_mode == DeliveryMode.PING
    notification = {
        "auth_req_id": auth_req_id,
        "client_notification_token": parameters.client_notification_token,
    }
    stored = BackchannelRequest.objects.create(
        reference=digest(auth_req_id),
        client=client,
        user=person,
        parameters=parameters.request.as_json(),
        created_at=now,
        expires_at=now + timedelta(seconds=lifetime(parameters)),
        interval=interval,
        next_poll_at=now,
        notification=seal_text(json.dumps(notification)) if is_pinged else "",
        next_attempt_at=now if is_pinged else None,
        **more,
    )
    return stored, auth_req_id


def ask_person(
    stored: BackchannelRequest, person: User, *, binding_message: str
) -> "ConsentRequest":
    """Open the consent request of a row that has its person; whoever calls tells them."""
    request = AuthorizationRequest.from_json(stored.parameters)
    client, left = stored.client, stored.expires_at - timezone.now()
    stored.consent_request = open_consent_request(
        ConsentQuestion(
            person_id=person.pk,
            client=client,
            scopes=effective_scopes(request, client),
            details=tuple(detail.data for detail in requested_details(request, client)),
        ),
        return_to=reverse("backchannel_request", args=[stored.pk]),
        lifetime_seconds=max(1, round(left.total_seconds())),
        program=ProgramAsking(binding_message, stored.asked_from),
    )
    stored.save(update_fields=["consent_request"])
    return stored.consent_request
