"""Where each released claim comes from: the explanation beside the preview of tokens."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from claims.models import AttributeKind
from claims.releasable import Releasable, StandardClaim
from claims.release import releases
from claims.subject import Subject
from claims.targets import Target


@dataclass(frozen=True, slots=True)
class Origin:
    """One claim of a person: which scope releases it, from what, and where it goes unasked."""

    claim: str
    value: Any
    scope: str
    source: str
    """In words, such as "Clearance: confidential"."""
    in_id_token: bool
    in_access_token: bool
    in_userinfo: bool


def origins(
    subject: Subject, scopes: Collection[str], withheld: Collection[str] = ()
) -> list[Origin]:
    """Return the origin of every claim that the scopes release and the person did not leave out."""
    return [
        Origin(
            claim=released.claim,
            value=value,
            scope=released.scope,
            source=_source(released, subject),
            in_id_token=Target.ID_TOKEN in released.targets,
            in_access_token=Target.ACCESS_TOKEN in released.targets,
            in_userinfo=Target.USERINFO in released.targets,
        )
        for released, value in releases(subject, scopes, withheld)
    ]


def _source(released: Releasable, subject: Subject) -> str:
    if isinstance(released, StandardClaim):
        return gettext("Personal details")
    attribute = released.definition
    title = gettext(attribute.title)
    if attribute.kind == AttributeKind.LEVEL:
        return f"{title}: {subject.attributes[attribute.name]}"
    return title
