"""What tokens that have not expired yet must not be accepted any more."""

from django.db import models


class DenyListEntry(models.Model):
    """One entry of the deny-list, written in the transaction that takes something back."""

    class Kind(models.TextChoices):
        """What the entry names; the member of the document that it stands in."""

        GRANT = "grants"
        TOKEN = "tokens"  # noqa: S105
        FAMILY = "families"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    value = models.JSONField()
    """As resource servers get it: an object, of a family its id in hexadecimal."""
    expires_at = models.DateTimeField(db_index=True)
    """From then on every token that it is about has expired."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"
