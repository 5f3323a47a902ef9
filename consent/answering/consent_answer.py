"""A person's answer to what was asked of them, as it was sent."""

from collections.abc import Collection
from dataclasses import dataclass, field

from consent.asking.claim_choices import Withheld


@dataclass(frozen=True, kw_only=True)
class ConsentAnswer:
    """What one person said yes to; of what was not asked nothing counts."""

    fingerprint: str
    """`Questions.fingerprint` of what the person saw."""
    granted: Collection[str] = ()
    """The scopes left ticked."""
    lifetime: int | None = None
    """For how many seconds, more than none; None: until taken back."""
    withheld: Withheld = field(default_factory=dict)
    """The claims left out of granted scopes, `{scope: claims}`."""
    shared_email: str | None = ""
    """The verified address to share, empty for the main one; None: none was chosen."""
    approved_details: Collection[str] = ()
    """The digests of the authorization details said yes to."""

    def __post_init__(self) -> None:
        if self.lifetime is not None and self.lifetime <= 0:
            raise ValueError("lifetime must be positive")
