"""What people signed with their own passkeys when they approved."""

from django.db import models

from consent.approvals.models.approval import Vote
from scopeward_guard.jose import Assertion


class VoteSignature(models.Model):
    """The signature of a yes, with all that it takes to verify it; its digest is in the act."""

    vote = models.OneToOneField(
        Vote, on_delete=models.CASCADE, primary_key=True, related_name="signature"
    )
    statement = models.TextField()
    """Canonical JSON (RFC 8785); its SHA-256 is the challenge."""
    shown = models.TextField()
    """Canonical JSON of what was on the screen, whose digest is in the statement."""
    assertion = models.JSONField()
    """`scopeward_guard.jose.Assertion`, as JSON."""

    def __str__(self) -> str:
        return f"{self.vote_id}"

    @property
    def signed(self) -> Assertion:
        """What the passkey answered. Raises `MalformedError`."""
        return Assertion.of_json(self.assertion)
