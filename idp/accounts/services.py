"""Making people, and keeping what is known of their e-mail address in step."""

import uuid
from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from claims.services import set_attributes
from foundation.base.texts.canonical_names import canonical_address
from foundation.directory.models import User


@transaction.atomic
def create_person(
    username: str,
    email: str,
    password: str,
    *,
    claims: Mapping[str, Any] | None = None,
    attributes: Mapping[str, Any] | None = None,
    is_superuser: bool = False,
) -> User:
    """Create an active person whose e-mail address counts as verified.

    `claims` are standard claims by name (OIDC Core §5.1), `attributes` as `set_attributes` takes
    them. Raises `ValidationError`; nothing is written then.
    """
    person = User(
        username=User.normalize_username(username),
        email=canonical_address(email),
        email_verified=True,
        is_superuser=is_superuser,
        is_staff=is_superuser,
        **(claims or {}),
    )
    _check(person, password)
    person.set_password(password)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    set_attributes(person, attributes or {})
    return person


@transaction.atomic
def keep_email_in_step(person_id: uuid.UUID) -> None:
    """Copy whether the main address is confirmed to the person, where the claims are read from."""
    person = User.objects.select_for_update().get(pk=person_id)
    verified = EmailAddress.objects.filter(user=person, email=person.email, verified=True).exists()
    if person.email_verified != verified:
        person.email_verified = verified
        person.save(update_fields=["email_verified", "updated_at"])


def _check(person: User, password: str) -> None:
    validate_email(person.email)
    if EmailAddress.objects.filter(email=person.email).exists():
        raise ValidationError({"email": _("Somebody has this e-mail address already.")})
    person.full_clean(exclude={"password"})
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
