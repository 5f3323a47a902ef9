"""What a client may know of a grant that it holds (Grant Management for OAuth 2.0 §6.4)."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from claims.catalogue import scopes as catalogue
from claims.contents import claims_of
from consent.grants.selectors import live_entries, withheld_names
from consent.grants.single_claims import claims_held

if TYPE_CHECKING:
    from consent.models import Grant


def describe_grant(grant: "Grant") -> dict[str, Any]:
    """Return the members of the answer. Times are RFC 3339; null where the grant has no end.

    Nothing about the person is said but what could be released: names of claims, no values.
    """
    held = catalogue.in_order(live_entries(grant.scopes))
    withheld = withheld_names(grant.withheld_claims)
    released_by = catalogue.templates_of(held)
    of_scopes = (claim for name in sorted(released_by) for claim in claims_of(name))
    claims = dict.fromkeys([*of_scopes, *claims_held(grant.scopes, timezone.now())])
    return {
        "scopes": _by_resource(held),
        "claims": [claim for claim in claims if claim not in withheld],
        "authorization_details": list(grant.authorization_details),
        "created_at": _moment(grant.created_at),
        "last_updated_at": _moment(grant.updated_at),
        "expires_at": _end({name: grant.scopes[name] for name in held}),
    }


def _by_resource(names: list[str]) -> list[dict[str, Any]]:
    """Return the scopes of each resource server together; `resource` is empty for those of none."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name in names:
        entry = catalogue.find(name)
        groups[entry.resource_server if entry else ""].append(name)
    return [
        {"scope": " ".join(group), "resource": [resource] if resource else []}
        for resource, group in groups.items()
    ]


def _end(expiries: Mapping[str, int | None]) -> str | None:
    """Return when the last scope ends; None when one never does, or when none is left."""
    ends = [expiry for expiry in expiries.values() if expiry is not None]
    if not ends or len(ends) < len(expiries):
        return None
    return _moment(datetime.fromtimestamp(max(ends), UTC))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
