"""What the type of a detail says about approving it."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from claims.catalogue.details.catalogue import DetailsType
from consent.approvals.models import Approval


@dataclass(frozen=True)
class ApprovalTerms:
    """Times in seconds, and the sign-in that whoever approves must have."""

    pending_seconds: int = 3600
    """How long it waits for an answer."""
    approved_seconds: int = 300
    """How long a yes waits to be turned into a token."""
    single_use: bool = True
    """Whether it is good for one use."""
    use_seconds: int = 60
    """How long it may be used, from its first token on."""
    report_seconds: int = 300
    """How long after its use an outcome is waited for before it is called unknown."""
    maximum_age: int | None = 300
    """How old the approver's sign-in may be; None: any age."""
    minimum_acr: str = ""
    """The weakest sign-in that will do; empty: any."""

    needs_signature: bool = False
    """Whether a yes is a passkey's signature under what was shown."""

    def as_json(self) -> dict[str, Any]:
        """Return what `terms_of` reads."""
        return asdict(self)


def terms_for(entry: DetailsType) -> ApprovalTerms:
    """Return the terms that a registered type sets."""
    return ApprovalTerms(
        pending_seconds=entry.request_lifetime,
        single_use=entry.single_use,
        use_seconds=entry.approval_lifetime,
        maximum_age=entry.maximum_age,
        minimum_acr=entry.minimum_acr,
        needs_signature=entry.needs_signature,
    )


def terms_of(approval: Approval) -> ApprovalTerms:
    """Return the terms under which an approval was lodged."""
    known = {field.name for field in fields(ApprovalTerms)}
    return ApprovalTerms(**{name: value for name, value in approval.terms.items() if name in known})
