"""People, groups and attributes, valid by default."""

from typing import Any

from django.contrib.auth.models import Group

from claims.models import Attribute, ClaimMapping
from claims.services import set_attributes, set_group_attributes
from claims.subject import Subject, load
from foundation.directory.models import User


def make_person(username: str = "ada", **values: Any) -> User:
    columns = {
        "name": "Ada Lovelace",
        "given_name": "Ada",
        "family_name": "Lovelace",
        "email": "ada@example.org",
        "email_verified": True,
        "phone_number": "+44 20 7946 0000",
        "address": {
            "street_address": "12 St James's Square",
            "locality": "London",
            "country": "GB",
        },
    }
    return User.objects.create(username=username, **{**columns, **values})


def make_group(name: str, *members: User, **attributes: Any) -> Group:
    group = Group.objects.create(name=name)
    group.user_set.add(*members)
    if attributes:
        set_group_attributes(group, attributes)
    return group


def make_attribute(name: str, kind: str, **values: Any) -> Attribute:
    return Attribute.objects.create(name=name, title=name.title(), kind=kind, **values)


def map_claim(claim: str, attribute: str, scope: str, **targets: bool) -> ClaimMapping:
    row = Attribute.objects.get(name=attribute)
    return ClaimMapping.objects.create(claim=claim, attribute=row, scope=scope, **targets)


def subject_with(**attributes: Any) -> Subject:
    """Return a person of whom these attributes are recorded."""
    person = make_person()
    set_attributes(person, attributes)
    return load(person.pk)
