"""Making people: the row, the verified e-mail address and the attributes in one transaction."""

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from claims.services import set_attributes
from idp.models import User


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
        email=email.lower(),
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


def _check(person: User, password: str) -> None:
    validate_email(person.email)
    if EmailAddress.objects.filter(email=person.email).exists():
        raise ValidationError({"email": _("Somebody has this e-mail address already.")})
    person.full_clean(exclude={"password"})
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
