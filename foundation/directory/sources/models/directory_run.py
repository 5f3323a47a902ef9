"""One synchronisation of a directory: asked for, at work, over, and what it found."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.directory.sources.models.ldap_directory import LdapDirectory


class RunState(models.TextChoices):
    """How far one is."""

    WANTED = "wanted", _("Waiting")
    RUNNING = "running", _("At work")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped: too many would lose something")
    FAILED = "failed", _("Broken off")


OPEN = (RunState.WANTED, RunState.RUNNING)
"""Of a directory one at a time, for two would not know who is gone."""


class DirectoryRun(models.Model):
    """A synchronisation. What it changed is in the history; this is what it found, for a while."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    directory = models.ForeignKey(LdapDirectory, on_delete=models.CASCADE, related_name="runs")
    is_dry = models.BooleanField(_("dry run"), default=False)
    let_go_people = models.PositiveIntegerField(default=0)
    """So many people an administrator has seen who are gone; at most these are let go."""
    let_go_memberships = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    """Nobody: it was due, or a command."""
    state = models.CharField(
        _("status"), max_length=10, choices=RunState.choices, default=RunState.WANTED
    )
    worker = models.UUIDField(null=True)
    """Who is at it: another one after it was silent for too long."""
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(_("asked for"), auto_now_add=True)
    heard_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    counts = models.JSONField(default=dict)
    differences = models.JSONField(default=list)
    """The first of them, with names: personal, and not kept for long."""
    complaint = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("synchronisation")
        verbose_name_plural = _("synchronisations")
        constraints = [
            models.UniqueConstraint(
                fields=["directory"],
                condition=models.Q(state__in=OPEN),
                name="directory_run_one_open",
            )
        ]
        indexes = [
            models.Index(fields=["directory", "-asked_at"], name="directory_run_latest"),
            models.Index(fields=["asked_at"], name="directory_run_age"),
        ]

    def __str__(self) -> str:
        return f"{self.directory} {self.asked_at:%Y-%m-%d %H:%M}"
