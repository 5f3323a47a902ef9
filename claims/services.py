"""Writes: the attributes every installation starts with, and those of people and groups."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _, gettext_noop

from claims.attributes import complaint, definitions
from claims.models import Attribute, AttributeKind, ClaimMapping, GroupAttributes, PersonAttributes
from claims.names.structures import Structure

DEFAULT_ATTRIBUTES: Mapping[str, Mapping[str, Any]] = {
    "roles": {"title": gettext_noop("Roles"), "kind": AttributeKind.LIST},
    "department": {"title": gettext_noop("Department"), "kind": AttributeKind.TEXT},
    "projects": {"title": gettext_noop("Projects"), "kind": AttributeKind.LIST},
    "clearance": {
        "title": gettext_noop("Clearance"),
        "kind": AttributeKind.LEVEL,
        "levels": ["public", "internal", "confidential", "secret"],
    },
}
"""Each is released as the claim of its name by the scope of its name, into every payload."""


def install_defaults(apps: Apps = installed) -> None:
    """Create what is missing of the default attributes and their mappings.

    What an administrator has changed stays as it is. `apps` are a migration's historical models,
    or the current ones.
    """
    attribute_model, mapping_model = (
        apps.get_model("claims", name) for name in ("Attribute", "ClaimMapping")
    )
    for name, defaults in DEFAULT_ATTRIBUTES.items():
        attribute, _created = attribute_model.objects.get_or_create(name=name, defaults=defaults)
        mapping_model.objects.get_or_create(
            claim=name,
            defaults={
                "attribute": attribute,
                "scope": name,
                "in_id_token": True,
                "in_access_token": True,
                "in_userinfo": True,
            },
        )


def add_parts(structure: Structure, scope: str, attributes: Collection[str]) -> list[ClaimMapping]:
    """Map attributes, given by name, to parts of a structure: into the ID token, by this scope.

    All are mapped, or none: raise ValidationError with what stands against the first that is not.
    """
    with transaction.atomic():
        return [_add_part(structure, scope, name) for name in attributes]


def _add_part(structure: Structure, scope: str, name: str) -> ClaimMapping:
    mapping = ClaimMapping(
        claim=structure.PREFIX + name,
        attribute=Attribute.objects.get(name=name),
        scope=scope,
        in_id_token=True,
        in_access_token=False,
        in_userinfo=False,
    )
    mapping.full_clean()
    mapping.save()
    return mapping


def set_attributes(person: models.Model, values: Mapping[str, Any]) -> None:
    """Record attribute values of a person; None removes one, names not given stay as they are.

    Raise ValidationError, and record nothing, when a value does not fit its definition.
    """
    check_values(values)
    with transaction.atomic():
        row, _created = PersonAttributes.objects.select_for_update().get_or_create(
            person_id=person.pk
        )
        row.values = merged(row.values, values)
        row.save()


def attributes_of(people: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return the recorded values of many people, by person. One statement."""
    rows = PersonAttributes.objects.filter(person__in=list(people))
    return {person: merged(values, {}) for person, values in rows.values_list("person", "values")}


def write_attributes(values: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Record all values of many people anew, as `check_values` has seen them. One statement."""
    PersonAttributes.objects.bulk_create(
        [PersonAttributes(person_id=person, values=dict(said)) for person, said in values.items()],
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=["values"],
    )


def set_group_attributes(group: Group, values: Mapping[str, Any]) -> None:
    """Record attribute values that every member of a group has, as `set_attributes` does."""
    check_values(values)
    with transaction.atomic():
        row, _created = GroupAttributes.objects.select_for_update().get_or_create(group=group)
        row.values = merged(row.values, values)
        row.save()


def check_values(values: Mapping[str, Any]) -> None:
    """Raise ValidationError with a sentence for each value that cannot be recorded."""
    known = definitions()
    complaints = []
    for name, value in values.items():
        if name not in known:
            complaints.append(_("There is no attribute %(name)s.") % {"name": name})
        elif value is not None and (sentence := complaint(known[name], value)):
            complaints.append(sentence)
    if complaints:
        raise ValidationError(complaints)


def merged(stored: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored values with the new ones in their place, without those that are None."""
    kept = stored if isinstance(stored, dict) else {}
    return {name: value for name, value in {**kept, **values}.items() if value is not None}
