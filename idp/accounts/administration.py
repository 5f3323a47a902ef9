"""What an administrator changes about how people sign in."""

from allauth.account.models import EmailAddress
from django.db import transaction

from foundation.base.texts.canonical_names import canonical_address
from foundation.directory.models import User


@transaction.atomic
def record_email(person: User, *, replaces: str = "") -> None:
    """Make the person's e-mail address the main one for sign-in, verified as the person says.

    The address it replaces is forgotten; others that the person added stay.
    """
    addresses = EmailAddress.objects.filter(user=person)
    if replaces != person.email:
        addresses.filter(email=replaces).delete()
    addresses.exclude(email=person.email).update(primary=False)
    if person.email:
        EmailAddress.objects.update_or_create(
            user=person,
            email=person.email,
            defaults={"primary": True, "verified": person.email_verified},
        )


def is_taken(email: str, *, by_others_than: User) -> bool:
    """Say whether somebody else signs in with this e-mail address."""
    addresses = EmailAddress.objects.filter(email=canonical_address(email))
    return bool(addresses.exclude(user_id=by_others_than.pk).exists())
