"""What one person is asked about one application, as a value.

An authorization request makes one, and so does a stored consent request: everything that is found
out about a question is found out from this.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from claims.catalogue import scopes as catalogue
from claims.catalogue.entitlement import entries_open_to
from claims.catalogue.scopes import CatalogueEntry
from consent.models import ConsentRequest, Intent
from foundation.directory.models import Client
from foundation.directory.sign_in import SignIn

__all__ = ["USUAL", "Aim", "ConsentQuestion", "Intent"]


@dataclass(frozen=True)
class Aim:
    """What is to be done, and the key of the grant to merge into or to replace."""

    intent: Intent = Intent.USE
    grant_id: UUID | None = None


USUAL = Aim()
"""What a client gets that has no wish of its own."""


@dataclass(frozen=True, kw_only=True)
class ConsentQuestion:
    """Who is asked, for whom, for what, and how the person is there."""

    person_id: UUID
    client: Client
    scopes: tuple[str, ...]
    """All names that the application asked for."""
    requested_claims: Mapping[str, Any] = field(default_factory=dict)
    """The `claims` parameter (OIDC Core §5.5)."""
    aim: Aim = USUAL
    """About which grant."""
    reopened: bool = False
    """Everything is asked again, denials too (`prompt=consent`)."""
    details: tuple[Mapping[str, Any], ...] = ()
    """The authorization details (RFC 9396), checked, each to be approved on its own."""
    sign_in: SignIn | None = None
    """The sign-in of whoever is there; None: nobody yet, or it is not known how."""
    address: str | None = None
    """Where the person is; None: unknown."""

    @classmethod
    def of(
        cls, request: ConsentRequest, sign_in: SignIn | None = None, address: str | None = None
    ) -> "ConsentQuestion":
        """Return what an opened consent request asks of a person who is there like this."""
        return cls(
            person_id=request.user_id,
            client=request.client,
            scopes=tuple(request.scopes),
            requested_claims=request.requested_claims,
            aim=Aim(Intent(request.intent), request.target),
            reopened=request.reopened,
            details=tuple(request.authorization_details),
            sign_in=sign_in,
            address=address,
        )

    @property
    def acr(self) -> str:
        """How strong the sign-in is (OIDC Core §2); empty: unknown."""
        return self.sign_in.acr if self.sign_in else ""

    @property
    def risk(self) -> int | None:
        """How unusual the session is, 0 to 100; None: unknown."""
        return self.sign_in.risk if self.sign_in else None

    @cached_property
    def entries(self) -> tuple[CatalogueEntry, ...]:
        """The scopes that can be asked about, in catalogue order, looked up once.

        Unknown and inactive ones, and what has been taken from the application since, are asked of
        nobody.
        """
        asked = catalogue.found(dict.fromkeys(self.scopes))
        return catalogue.askable(entries_open_to(self.client, asked))
