"""What may be used once: a challenge, an assertion, a proof of possession (their `jti`)."""

import hashlib
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.base.clearing import delete_in_batches
from foundation.base.prepared.insert import PreparedInsert

SLACK = timedelta(minutes=10)
"""Kept for so long after its end: clocks of several servers may differ."""


class UsedOnce(models.Model):
    """Something that was used, kept until nobody could use it again."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("used once")
        verbose_name_plural = _("used once")

    def __str__(self) -> str:
        return str(self.expires_at)


_insert = PreparedInsert(UsedOnce, "digest", "expires_at")


def use_once(purpose: str, value: str, *, until: datetime) -> bool:
    """Use something up that is good until then; False when it was used before. One statement.

    Of any number at the same time, on any number of servers, one succeeds. What is used for one
    purpose is not used for another.
    """
    # Others chose it: in JSON half of a pair of code units is a character, too.
    said = f"{purpose}\n{value}".encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(said).hexdigest()
    return _insert.insert_new(digest, until)


def clear_expired(now: datetime) -> int:
    """Forget what nobody could use again; return how many."""
    rows = UsedOnce.objects.filter(expires_at__lte=now - SLACK)
    return delete_in_batches(rows, by="expires_at")
