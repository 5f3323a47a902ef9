"""What one answer of the token endpoint is made from."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from claims.catalogue.scopes import CatalogueEntry
from claims.subject import Subject
from foundation.base import conf
from foundation.directory.models import Client


@dataclass(frozen=True, slots=True)
class Authentication:
    """Facts of the sign-in behind a token (OIDC Core §2): never newer than the code."""

    auth_time: datetime | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()
    sid: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """Everything that decides what the tokens of one answer contain."""

    client: Client
    audience: str
    now: datetime
    entries: tuple[CatalogueEntry, ...] = ()
    """The scopes of the access token."""
    subject: Subject | None = None
    """The person; None when the client acts for itself."""
    grant_id: uuid.UUID | None = None
    family: uuid.UUID | None = None
    family_pk: int | None = None
    authentication: Authentication = field(default_factory=Authentication)
    nonce: str = ""
    requested_claims: Mapping[str, Any] = field(default_factory=dict)
    single_claims: frozenset[str] = frozenset()
    """Names of claims granted beside the scopes (`claims.single`): for the ID token."""
    withheld: frozenset[str] = frozenset()
    """Claims the person left out of what the scopes release."""
    authorization_details: tuple[Mapping[str, Any], ...] = ()
    cnf: Mapping[str, Any] = field(default_factory=dict)
    actor: Mapping[str, Any] = field(default_factory=dict)
    """Who acts with the token, when that is somebody else (RFC 8693 §4.1 `act`)."""
    refresh_token: str | None = None
    jti: str = ""
    """The access token's id where it had to be known before; empty: it is made up."""
    lifetime: int | None = None
    """Seconds the access token lives; None: as usual."""

    @property
    def token_type(self) -> str:
        """RFC 9449 §5, RFC 6750 §4."""
        return "DPoP" if "jkt" in self.cnf else "Bearer"

    @property
    def family_bound_to(self) -> str:
        """The thumbprint of the key that later refreshes need; empty: none.

        RFC 9449 §5: a public client's. Others prove themselves anyway, and may change their key.
        """
        return str(self.cnf.get("jkt", "")) if self.client.is_public else ""

    @property
    def scopes(self) -> tuple[str, ...]:
        """The names of its scopes."""
        return tuple(entry.name for entry in self.entries)

    @property
    def templates(self) -> frozenset[str]:
        """Their names in the catalogue: what claims go by."""
        return frozenset(entry.template for entry in self.entries)

    @property
    def access_token_lifetime(self) -> int:
        """Seconds."""
        return self.lifetime or conf.current().access_token_lifetime

    @property
    def txn(self) -> str:
        """What ties the token to the requests behind it (RFC 8417 §2.2); empty for most."""
        named = {str(detail["txn"]) for detail in self.authorization_details if "txn" in detail}
        return named.pop() if len(named) == 1 else ""

    @property
    def subject_id(self) -> str:
        """`sub`: the person, or the client that acts for itself (RFC 9068 §2.2)."""
        return self.subject.id if self.subject else self.client.client_id
