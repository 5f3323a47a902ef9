"""The bundle of a resource server, made again only when something in it may have changed."""

from typing import Any, NamedTuple
from uuid import UUID

from claims.catalogue.details import all_types
from claims.catalogue.details.catalogue import DetailsType
from claims.catalogue.scopes import CatalogueEntry, all_scopes
from foundation.base import clock, conf
from foundation.base.configuration.one import epoch_in_use
from foundation.base.keys.ring import key_ring
from foundation.journal import deny_list
from policy.opa.bundle import SIGNATURE_TYPE, BundleSigner, OpaBundle, make_bundle
from policy.opa.contents import Contents
from scopeward_guard.vocabulary import DenyList

ALGORITHM = "RS256"
"""Of the signature: OPA's own default, and the same each time, unlike ECDSA's."""

WINDOW = 60
"""Seconds after which a bundle is made again although nothing changed, to count for longer."""
VALID_FOR = 360
"""Seconds from the beginning of its window that OPA may decide by a bundle."""


class Edition(NamedTuple):
    """What bundles are made of; where it is the same, they are."""

    epoch: UUID | None
    denied: str
    window: int


_kept: dict[str, tuple[Edition, OpaBundle]] = {}


def current_edition() -> Edition:
    """Return the edition of this moment; raises `DenyListUnavailableError`.

    At most two statements, with Redis one a second.
    """
    return _edition(deny_list.current())


def current_bundle(audience: str) -> tuple[Edition, OpaBundle]:
    """Return the bundle for a resource server, and the edition that it is of.

    Raises `DenyListUnavailableError`, `NoSigningKeyError`.
    """
    listed = deny_list.current()
    edition = _edition(listed)
    kept = _kept.get(audience)
    if kept is None or kept[0] != edition:
        kept = (edition, make_bundle(_contents(audience, listed, edition), _signer()))
        _kept[audience] = kept
    return kept


def _edition(listed: DenyList) -> Edition:
    return Edition(epoch_in_use(), listed.revision, int(clock.timestamp()) // WINDOW)


def _contents(audience: str, listed: DenyList, edition: Edition) -> Contents:
    return Contents(
        issuer=conf.current().issuer,
        audience=audience,
        jwks=tuple(key_ring().jwks),
        scopes={
            name: _scope(entry)
            for name, entry in all_scopes().items()
            if entry.is_active and entry.resource_server in {"", audience}
        },
        details_types={
            name: _details_type(entry)
            for name, entry in all_types().items()
            if entry.is_active and entry.resource_server in {"", audience}
        },
        deny_list=listed,
        valid_until=edition.window * WINDOW + VALID_FOR,
    )


def _scope(entry: CatalogueEntry) -> dict[str, Any]:
    return {
        "title": entry.texts["en"]["title"],
        "resource_server": entry.resource_server,
        "policy": entry.policy,
        "minimum_acr": entry.minimum_acr,
    }


def _details_type(entry: DetailsType) -> dict[str, Any]:
    return {
        "version": entry.version,
        "title": entry.texts["en"]["title"],
        "single_use": entry.single_use,
        "minimum_acr": entry.minimum_acr,
        "maximum_age": entry.maximum_age,
    }


def _signer() -> BundleSigner:
    signer = key_ring().signer(ALGORITHM)
    return BundleSigner(signer.kid, lambda payload: signer.sign(payload, typ=SIGNATURE_TYPE))
