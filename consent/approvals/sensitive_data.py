"""Putting data under protection: how sensitive it is, and who has to agree to its use."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Model

from claims.catalogue.models import DataOwner, Level, SensitivityLabel
from consent.approvals.models import ApprovalRule, Approvers

__all__ = ["Level", "SensitiveData", "protect"]


@dataclass(frozen=True, kw_only=True)
class SensitiveData:
    """Data of one resource server, by a pattern such as `hr.employees.salary`.

    Its owner has to agree to every use; where nobody owns it, whoever asks.
    """

    pattern: str
    level: Level
    label: str
    owner: Model | None = None
    minimum_acr: str = ""
    """The weakest sign-in of whoever approves its use; empty: what the type wants."""
    needs_signature: bool = False
    """Whether whoever approves its use signs that."""


def protect(audience: str, details_type: str, data: Iterable[SensitiveData]) -> None:
    """Add labels, owners and rules that are missing; existing ones stay as they are.

    A rule that is there already, by its title, follows the resource server to a new address.
    """
    for entry in data:
        SensitivityLabel.objects.get_or_create(
            resource_server=audience,
            pattern=entry.pattern,
            defaults={"level": entry.level, "label": entry.label},
        )
        if entry.owner is not None:
            DataOwner.objects.get_or_create(
                resource_server=audience, pattern=entry.pattern, person_id=entry.owner.pk
            )
        _ensure_rule(audience, details_type, entry)


def _ensure_rule(audience: str, details_type: str, entry: SensitiveData) -> None:
    rule, _is_new = ApprovalRule.objects.get_or_create(
        title=f"{entry.label}: {entry.pattern}",
        type=details_type,
        pattern=entry.pattern,
        defaults={
            "resource_server": audience,
            "who": Approvers.OWNER if entry.owner else Approvers.REQUESTER,
            "minimum_acr": entry.minimum_acr,
            "needs_signature": entry.needs_signature,
        },
    )
    if rule.resource_server != audience:
        rule.resource_server = audience
        rule.save(update_fields=["resource_server"])
