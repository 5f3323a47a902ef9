"""Real people and applications, for questions about them."""

import json
from contextlib import suppress
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from claims.contents import Release, Target, contents
from claims.subject import load
from foundation.base.texts.canonical_names import person_called
from foundation.directory.models import Client, User
from foundation.directory.models.ends import let_in

MOST_SUGGESTED = 200


def find_person(said: str) -> Any:
    """Return the person with this username, e-mail address or subject identifier.

    Raises ValidationError when there is none, or more than one.
    """
    model = User
    which = person_called(said)
    with suppress(ValidationError):
        which |= Q(pk=model._meta.pk.to_python(said))  # noqa: SLF001
    found = list(model._default_manager.filter(which)[:2])  # noqa: SLF001
    if len(found) != 1:
        raise ValidationError(_("Nobody, or more than one person, is found by this."))
    return found[0]


def facts_of(person: User, scopes: list[str]) -> dict[str, Any]:
    """Return what an access token with these scopes says about a person.

    It is made by the function that makes tokens, so it cannot differ from a real one.
    """
    payload = contents(Target.ACCESS_TOKEN, load(person.pk), Release(scopes))
    facts: dict[str, Any] = json.loads(json.dumps(payload))
    facts.pop("sub", None)
    return facts


def may_see_people(user: User | AnonymousUser) -> bool:
    """Whether somebody may ask about real people: who may look at them."""
    options = User._meta  # noqa: SLF001
    return bool(user.has_perm(f"{options.app_label}.view_{options.model_name}"))


def people_suggested() -> list[tuple[str, str]]:
    """Return some usernames with names, to choose from."""
    model = User
    rows = model._default_manager.filter(let_in())  # noqa: SLF001
    return [
        (row.get_username(), str(row))
        for row in rows.order_by(model.USERNAME_FIELD)[:MOST_SUGGESTED]
    ]


def applications_suggested() -> list[tuple[str, str]]:
    """Return some client identifiers with the names of the applications."""
    model = Client
    rows = model._default_manager.order_by("name")  # noqa: SLF001
    return [(row.client_id, str(row)) for row in rows[:MOST_SUGGESTED]]


def names_of_people(keys: set[str]) -> dict[str, str]:
    """Return the names of people by subject identifier. One statement."""
    model = User
    usable = set()
    for key in keys:
        with suppress(ValidationError):
            usable.add(model._meta.pk.to_python(key))  # noqa: SLF001
    found = model._default_manager.filter(pk__in=usable) if usable else ()  # noqa: SLF001
    return {str(row.pk): str(row) for row in found}


def names_of_applications(keys: set[str]) -> dict[str, str]:
    """Return the names of applications by client identifier. One statement."""
    model = Client
    found = model._default_manager.filter(client_id__in=keys) if keys else ()  # noqa: SLF001
    return {row.client_id: str(row) for row in found}
