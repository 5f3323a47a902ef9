"""Writes: drafts, activation, and going back."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.epoch import start_new_epoch
from policy.compiling import compile_document
from policy.models import PolicySet, PolicyVersion, State
from policy.selectors import acr_levels
from scopeward_guard.cedar import CedarPolicy, PolicyError


class ActivationError(Exception):
    """A version that may not be activated, and why, in sentences."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def draft(
    policy_set: PolicySet, text: str, *, note: str = "", by: Any | None = None
) -> PolicyVersion:
    """Return a new draft with the next number."""
    with transaction.atomic():
        PolicySet.objects.select_for_update().get(pk=policy_set.pk)
        last = policy_set.versions.aggregate(last=Max("number"))["last"] or 0
        return PolicyVersion.objects.create(
            policy_set=policy_set, number=last + 1, text=text, note=note, created_by=by
        )


def activate(version: PolicyVersion, *, by: Any | None = None) -> None:
    """Put a draft or a retired version in force; the active one retires in the same moment.

    Raises ActivationError when it is not valid or another version came first.
    """
    try:
        CedarPolicy(compile_document(version.policy_set, version.text, acr_levels()))
    except PolicyError as error:
        raise ActivationError(*error.problems) from error
    with transaction.atomic():
        PolicySet.objects.select_for_update().get(pk=version.policy_set_id)
        versions = PolicyVersion.objects.filter(policy_set=version.policy_set_id)
        versions.filter(state=State.ACTIVE).exclude(pk=version.pk).update(state=State.RETIRED)
        put_in_force = versions.filter(pk=version.pk, text=version.text).update(
            state=State.ACTIVE, activated_at=timezone.now(), activated_by=by
        )
        if not put_in_force:
            raise ActivationError(_("The text was changed meanwhile."))
        start_new_epoch()
    version.refresh_from_db()
