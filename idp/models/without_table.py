"""What django-oauth-toolkit's settings have to name, and nothing here writes: no columns, no table.

Its models are classes as soon as it is installed. One that was not swapped would be a table that
the deletion of a person or an application looks into, and that no migration has made.
"""

from django.db import models


class IDToken(models.Model):
    """In place of the toolkit's: an ID token is signed, handed out and forgotten."""

    class Meta:
        managed = False
        default_permissions = ()

    def __str__(self) -> str:
        return f"ID token {self.pk}"


class DeviceGrant(models.Model):
    """In place of the toolkit's: no device asks here (RFC 8628)."""

    class Meta:
        managed = False
        default_permissions = ()

    def __str__(self) -> str:
        return f"device grant {self.pk}"
