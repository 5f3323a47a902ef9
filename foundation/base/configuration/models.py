"""The configuration epoch."""

import uuid

from django.db import models


class ConfigurationEpoch(models.Model):
    """One row; see `foundation.base.configuration.epoch`."""

    value = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.value)
