"""From an authorization detail that was asked for to what is lodged, by the terms of its type."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from claims.catalogue.details.catalogue import known_type
from claims.catalogue.details.detail import audiences_of
from claims.catalogue.entitlement import may_hold_detail
from consent.approvals.errors import UnanswerableError
from consent.approvals.lodging.services import Lodging
from consent.approvals.terms import terms_for
from foundation.directory.models import Client


def lodging_of(
    detail: Mapping[str, Any], *, client_id: int, requester_id: UUID | None, **more: Any
) -> Lodging:
    """Return what `lodge` takes for a detail that has been validated (`claims.catalogue.details`).

    Audience and terms are those of its type; `more` are other members of `Lodging`. Raises
    UnanswerableError when the type has been switched off.
    """
    entry = known_type(detail.get("type"))
    if entry is None:
        raise UnanswerableError(_("This kind of request is not in use any more."))
    audience, *others = audiences_of(entry, detail)
    return Lodging(
        client_id=client_id,
        requester_id=requester_id,
        detail=detail,
        audience=audience,
        also_at=tuple(others),
        terms=terms_for(entry),
        **more,
    )


def require_open(detail: Mapping[str, Any], client: Client) -> None:
    """Raise UnanswerableError when the application may not ask for this any more."""
    if not may_hold_detail(client, detail):
        raise UnanswerableError(_("The application may not ask for this any more."))
