"""Many people at once, from a file: its rows, what they are taken for, and how far it is."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """Where an import stands."""

    READ = "read", _("Read")
    TRYING = "trying", _("Being tried")
    TRIED = "tried", _("Tried")
    WRITING = "writing", _("Being imported")
    DONE = "done", _("Imported")


class PeopleImport(models.Model):
    """One file. `done` rows of it have been worked on in the state that it is in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField(_("uploaded"), db_index=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("by")
    )
    title = models.CharField(_("file"), max_length=100)
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    """Of what a heading means, its place: `{"username": 0}`."""
    invites = models.BooleanField(default=False)
    state = models.CharField(
        _("state"), max_length=8, choices=ImportState.choices, default=ImportState.READ
    )
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("import of people")
        verbose_name_plural = _("imports of people")

    def __str__(self) -> str:
        return self.title

    @property
    def is_at_work(self) -> bool:
        """Say whether the task has something to do here."""
        return self.state in {ImportState.TRYING, ImportState.WRITING}


class ImportRow(models.Model):
    """One row, and what became of it when it was worked on last."""

    of = models.ForeignKey(PeopleImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    """From 1, as the file counts what is below its headings."""
    values = models.JSONField()
    key = models.CharField(max_length=150, blank=True)
    became = models.CharField(max_length=8, blank=True)
    said = models.JSONField(default=list)
    """Sentences: what differs, and what is wrong."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="row_once")]
        indexes = [models.Index(fields=["of", "key"], name="row_key")]

    def __str__(self) -> str:
        return f"{self.number}: {self.key}"
