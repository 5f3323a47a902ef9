"""Consent receipts: what stands between a person and an application, signed, to be kept.

The members are those of ISO/IEC TS 27560:2023 (consent record information structure), inside a
JWT of type `consent-receipt+jwt` that the provider's published keys verify.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from django.urls import reverse
from django.utils import timezone

from claims.catalogue.scopes import CatalogueEntry
from claims.contents import claims_of, labels_of
from consent.grants.single_claims import entry_of
from consent.models import DecisionOutcome, Grant, ScopeDecision
from foundation.base.keys.documents import RECEIPT_TYP, signer
from foundation.journal.chain.canonical import timestamp
from foundation.journal.models import Act, Kind

SCHEMA = "ISO/IEC TS 27560:2023"
OPERATOR, RECIPIENT = "operator", "recipient"


class Application(Protocol):
    """What a receipt says of a client."""

    client_id: str
    name: str
    client_uri: str
    policy_uri: str


@dataclass(frozen=True)
class Purpose:
    """One scope that is held, in the words in which it was agreed to."""

    scope: str
    title: str
    sentence: str
    language: str
    text_version: int
    claims: tuple[str, ...]
    since: datetime
    until: datetime | None
    is_implicit: bool
    shared_email: str
    """The address chosen; empty: the main one."""

    @property
    def labels(self) -> tuple[str, ...]:
        """What the claims are called, for the page."""
        return labels_of(self.claims)


@dataclass(frozen=True)
class Receipt:
    """Everything that the page and the signed document say."""

    grant: Grant
    purposes: tuple[Purpose, ...]
    made_at: datetime

    @property
    def id(self) -> str:
        """The same for the same grant in the same version."""
        return str(uuid5(NAMESPACE_URL, f"urn:scopeward:receipt:{self.grant.pk}:{self.version}"))

    @property
    def version(self) -> int:
        """Which version of the grant it tells of."""
        return self.grant.version


def receipt_of(grant: Grant, now: datetime | None = None) -> Receipt:
    """Return the receipt of a standing grant: the scopes that it holds now. Two statements."""
    now = now or timezone.now()
    decisions = {
        decision.scope: decision
        for decision in ScopeDecision.objects.filter(grant=grant, outcome=DecisionOutcome.GRANTED)
    }
    agreed: dict[str, Act] = {}
    for act in Act.objects.filter(grant=grant.pk, kind=Kind.GRANTED).order_by("at"):
        agreed[act.scope] = act
    purposes = [
        _purpose(grant, scope, decisions.get(scope), agreed.get(scope))
        for scope, until in grant.scopes.items()
        if until is None or until > now.timestamp()
    ]
    return Receipt(grant, tuple(purpose for purpose in purposes if purpose), now)


def signed(receipt: Receipt) -> str:
    """Return the receipt as a compact JWS."""
    return signer().sign(document(receipt), typ=RECEIPT_TYP)


def document(receipt: Receipt) -> dict[str, Any]:
    """Return the payload of the signed receipt."""
    issuer = signer().issuer
    application = receipt.grant.client
    return {
        "iss": issuer,
        "sub": str(receipt.grant.user_id),
        "iat": int(receipt.made_at.timestamp()),
        "jti": receipt.id,
        "schema_version": SCHEMA,
        "record_id": str(receipt.grant.pk),
        "record_version": receipt.version,
        "pii_principal_id": str(receipt.grant.user_id),
        "pii_processing": [_processing(purpose, issuer) for purpose in receipt.purposes],
        "party_identification": _parties(application, issuer),
    }


def _purpose(
    grant: Grant, scope: str, decision: ScopeDecision | None, agreed: Act | None
) -> Purpose | None:
    entry = entry_of(scope)
    if entry is None:
        return None
    words: Mapping[str, str] = agreed.detail if agreed else {}
    return Purpose(
        scope=scope,
        title=words.get("title", entry.title),
        sentence=words.get("sentence", entry.sentence),
        language=agreed.locale if agreed and agreed.locale else "en",
        text_version=decision.text_version if decision else entry.text_version,
        claims=tuple(_claims(grant, entry)),
        since=decision.decided_at if decision else grant.created_at,
        until=decision.expires_at if decision else None,
        is_implicit=entry.is_implicit,
        shared_email=decision.shared_email if decision else "",
    )


def _claims(grant: Grant, entry: CatalogueEntry) -> Iterable[str]:
    """Return what the scope releases, but for what the person left out."""
    withheld = grant.withheld_claims.get(entry.name, ())
    return (claim for claim in claims_of(entry.template) if claim not in withheld)


def _processing(purpose: Purpose, issuer: str) -> dict[str, Any]:
    until = timestamp(purpose.until) if purpose.until else None
    return {
        "purpose": purpose.sentence,
        "purpose_id": purpose.scope,
        "language": purpose.language,
        "text_version": purpose.text_version,
        "lawful_basis": "consent",
        "pii_information": [_information(claim, purpose) for claim in purpose.claims],
        "pii_controllers": [OPERATOR],
        "recipient_third_parties": [RECIPIENT],
        "collection_method": "consent screen" if not purpose.is_implicit else "sign-in",
        "retention_period": until or "until withdrawn",
        "withdrawal_method": issuer + reverse("consent:access"),
        "events": [
            {
                "event_type": "implicit" if purpose.is_implicit else "explicit",
                "event_state": "consent given",
                "event_time": timestamp(purpose.since.astimezone(UTC)),
                "valid_until": until,
                "entity_id": "pii_principal",
            }
        ],
    }


def _information(claim: str, purpose: Purpose) -> dict[str, str]:
    """Return a kind of information; of an address the person chose, which one."""
    shared = {"shared_email": purpose.shared_email} if purpose.shared_email else {}
    return {"pii_type": claim, **(shared if claim == "email" else {})}


def _parties(application: Application, issuer: str) -> list[dict[str, str]]:
    return [
        {
            "party_id": OPERATOR,
            "party_role": "pii_controller",
            "party_name": urlsplit(issuer).netloc,
            "party_url": issuer,
        },
        {
            "party_id": RECIPIENT,
            "party_role": "third_party",
            "party_name": application.name,
            "party_identifier": application.client_id,
            "party_url": application.client_uri,
            "privacy_notice": application.policy_uri,
        },
    ]
