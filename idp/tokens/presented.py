"""An access token that was presented to us, read."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from claims.catalogue.details import for_audience
from claims.catalogue.entitlement import audiences_open_to, details_open_to, entries_open_to
from claims.catalogue.scopes import CatalogueEntry, found
from claims.subject import Subject
from consent.approvals.card.facts import told_with
from foundation.base import conf
from foundation.directory.models import Client
from idp.tokens.families.standing import FamilyStanding


@dataclass(frozen=True)
class PresentedToken:
    """An access token that is ours, unexpired, and backed by a standing grant."""

    payload: dict[str, Any]
    client: Client
    standing: FamilyStanding | None = None
    """None when a client acts for itself."""

    @property
    def subject(self) -> Subject | None:
        """The person behind it; None when a client acts for itself."""
        return self.standing.subject if self.standing else None

    @property
    def username(self) -> str:
        """The person's name for signing in; empty when a client acts for itself."""
        return self.standing.username if self.standing else ""

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """Its scopes."""
        return tuple(self.payload.get("scope", "").split())

    @cached_property
    def entries(self) -> tuple[CatalogueEntry, ...]:
        """What its scopes mean; unknown ones are left out."""
        return found(self.scopes)

    @property
    def is_open_to_its_client(self) -> bool:
        """Whether the client may still have all that it says, and for this audience."""
        held = self.payload.get("authorization_details", [])
        aud = self.payload["aud"]
        return (
            bool(audiences_open_to(self.client, [aud], conf.current().issuer))
            and len(entries_open_to(self.client, self.entries)) == len(self.scopes)
            and len(for_audience(details_open_to(self.client, held), aud)) == len(held)
        )

    @property
    def requested_claims(self) -> dict[str, Any]:
        """The `claims` parameter of the authorization request behind it (OIDC Core §5.5)."""
        return dict(self.standing.row["requested_claims"]) if self.standing else {}

    @property
    def single_claims(self) -> frozenset[str]:
        """The names of the claims that were asked for beside the scopes and are granted now."""
        standing = self.standing
        return standing.single_claims(self.client, timezone.now()) if standing else frozenset()

    @property
    def withheld(self) -> frozenset[str]:
        """The claims that the person has left out by now."""
        return self.standing.withheld if self.standing else frozenset()

    @property
    def told(self) -> frozenset[str]:
        """The claims that it has for the sake of what was approved, left out or not."""
        held = self.payload.get("authorization_details", [])
        return frozenset(told_with(held, self.payload["aud"]))
