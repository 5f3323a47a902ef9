"""The columns of whatever waits to be sent to somebody outside."""

from django.db import models


class OutboxEntry(models.Model):
    """One thing to be sent to one receiver.

    `next_attempt_at` is pushed into the future by whoever takes the entry up, in one conditional
    UPDATE; so two workers never send the same one, and one that died leaves it to the next.
    """

    next_attempt_at = models.DateTimeField(null=True)
    """None: sent, given up, or never to be sent."""
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    """Why the last attempt was in vain."""

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
                name="%(class)s_due",
            )
        ]
