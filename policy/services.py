"""Writes: drafts, activation, and going back. What they change is in the journal by itself."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.base.configuration.epoch import start_new_epoch
from policy.checking import ActivationError, check, check_text
from policy.library import GalleryPolicy
from policy.models import PolicySet, PolicyVersion, VersionState
from policy.selectors import before_the_active, default_starter, known_set

__all__ = [
    "NONE",
    "ActivationError",
    "EditError",
    "activate",
    "begin",
    "discard",
    "draft",
    "edit",
    "install_starter",
    "retire",
    "roll_back",
    "save_settings",
]
NONE = 0  # the number of no version: nothing is in force


class EditError(Exception):
    """A draft that is no draft any more, or that somebody else has changed meanwhile."""


def draft(
    policy_set: PolicySet, text: str, *, note: str = "", by: Any | None = None
) -> PolicyVersion:
    """Return a new draft with the next number."""
    with transaction.atomic():
        PolicySet.objects.select_for_update().get(pk=policy_set.pk)
        last = policy_set.versions.aggregate(last=Max("number"))["last"] or 0
        return PolicyVersion.objects.create(
            policy_set=policy_set, number=last + 1, text=lines_of(text), note=note, created_by=by
        )


def edit(version: PolicyVersion, text: str, *, note: str, seen: str) -> None:
    """Replace the text of a draft. `seen` is the fingerprint of the text that was edited.

    Raises EditError, and changes nothing, when it is no draft, or no longer that text.
    """
    text = lines_of(text)
    with transaction.atomic():
        drafts = PolicyVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT)
        current = drafts.values_list("text", flat=True).first()
        if current is None:
            raise EditError(_("Only a draft can be edited."))
        unchanged = PolicyVersion(text=current).fingerprint == seen
        if not unchanged or not drafts.filter(text=current).update(text=text, note=note):
            raise EditError(_("Somebody else has changed this draft. Look at it again."))
        version.text, version.note = text, note


def discard(version: PolicyVersion) -> None:
    """Delete a draft; raises EditError for anything else."""
    with transaction.atomic():
        gone, _rows = PolicyVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).delete()
        if not gone:
            raise EditError(_("Only a draft can be discarded."))


def activate(
    version: PolicyVersion, *, by: Any | None = None, instead_of: int | None = None
) -> None:
    """Put a draft or a retired version in force; the active one retires in the same moment.

    `instead_of` is the number of the version that was seen in force, `NONE` for none; whichever it
    is when it is not given. Raises ActivationError when the version is not valid, answers a test
    case of its set in another way than expected, or something else came first.
    """
    check(version)
    _put_in_force(version, by=by, instead_of=instead_of)


def roll_back(policy_set: PolicySet, *, seen: int, by: Any | None = None) -> PolicyVersion:
    """Put the version in force that was before `seen`, which must still be; return it.

    Its test cases are not asked: what worked yesterday is where one goes when today does not.
    Raises ActivationError.
    """
    version = before_the_active(policy_set)
    if version is None:
        raise ActivationError(_("No version was in force before this one."))
    check_text(version)
    _put_in_force(version, by=by, instead_of=seen, is_chosen=False)
    return version


def retire(version: PolicyVersion) -> None:
    """Put nothing in the place of the active version; raises ActivationError if it is not."""
    with transaction.atomic():
        active = PolicyVersion.objects.filter(pk=version.pk, state=VersionState.ACTIVE)
        if not active.update(state=VersionState.RETIRED):
            raise ActivationError(_("This version is not in force."))
        start_new_epoch()


def save_settings(policy_set: PolicySet) -> None:
    """Save title, time zone, schema; raises ActivationError when the active text cannot have them.

    They are part of what decides, so they are in force at once.
    """
    with transaction.atomic():
        policy_set.save()
        for version in policy_set.versions.filter(state=VersionState.ACTIVE):
            version.policy_set = policy_set
            check_text(version)


def install_starter(audience: str, title: str) -> PolicySet:
    """Return the set of an audience; one that does not exist begins with the starter policies.

    The issuer's are those of the provider itself. What an administrator has made stays as it is.
    """
    with transaction.atomic():
        policy_set, is_new = PolicySet.objects.get_or_create(
            audience=audience, defaults={"title": title}
        )
        if is_new:
            activate(begin(policy_set))
    return policy_set


def ensure(audience: str, title: str, entry: GalleryPolicy, *, note: str) -> PolicySet:
    """Return the set of an audience; one that does not exist begins with this entry in force.

    What an administrator has made of it stays. One with this title follows to a new address.
    """
    with transaction.atomic():
        policy_set = known_set(audience, title) or PolicySet(title=title)
        is_new = policy_set._state.adding or not policy_set.versions.exists()  # noqa: SLF001
        if is_new or policy_set.audience != audience:
            policy_set.audience = audience
            policy_set.data = {**entry.data} if is_new else policy_set.data
            policy_set.save()
        if is_new:
            activate(_first_draft(policy_set, entry, note=note))
    return policy_set


def begin(policy_set: PolicySet, *, by: Any | None = None) -> PolicyVersion:
    """Return the first draft of a new set: the starter policies, with their test cases."""
    starter = default_starter(policy_set.audience)
    return _first_draft(policy_set, starter, note=_("Starter set"), by=by)


def lines_of(text: str) -> str:
    """Return a text as it is kept: a browser ends lines in its own way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _first_draft(
    policy_set: PolicySet, entry: GalleryPolicy, *, note: str, by: Any | None = None
) -> PolicyVersion:
    with transaction.atomic():
        for case in entry.cases:
            policy_set.cases.create(**case)
        return draft(policy_set, entry.text(), note=note, by=by)


def _put_in_force(
    version: PolicyVersion, *, by: Any | None, instead_of: int | None, is_chosen: bool = True
) -> None:
    with transaction.atomic():
        PolicySet.objects.select_for_update().get(pk=version.policy_set_id)
        versions = PolicyVersion.objects.filter(policy_set=version.policy_set_id)
        active = versions.filter(state=VersionState.ACTIVE).values_list("number", flat=True).first()
        if instead_of is not None and (active or NONE) != instead_of:
            raise ActivationError(_("Another version has been put in force meanwhile."))
        versions.filter(state=VersionState.ACTIVE).exclude(pk=version.pk).update(
            state=VersionState.RETIRED
        )
        chosen = {"instead_of": active} if is_chosen else {}
        put_in_force = versions.filter(pk=version.pk, text=version.text).update(
            state=VersionState.ACTIVE, activated_at=timezone.now(), activated_by=by, **chosen
        )
        if not put_in_force:
            raise ActivationError(_("The text was changed meanwhile."))
        start_new_epoch()
    version.refresh_from_db()
