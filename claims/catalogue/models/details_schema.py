"""JSON Schemas (Draft 2020-12) of authorization details: closed, and complete in themselves."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from jsonschema import Draft202012Validator, ValidationError as SchemaProblem
from jsonschema.exceptions import SchemaError
from referencing import Registry
from referencing.exceptions import Unresolvable

from scopeward_guard.vocabulary import ADDED

PLACEHOLDER = re.compile(r"\{(\w+)\}")
"""A member of a detail inside a sentence."""


def check_schema(schema: Any) -> None:
    """Raise `ValidationError` unless the schema describes an object and closes it.

    It may only refer to itself: a reference to elsewhere would be fetched, or change unnoticed.
    """
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise ValidationError(_('It must describe an object: {"type": "object", …}.'))
    if schema.get("additionalProperties") is not False:
        raise ValidationError(_('It must have "additionalProperties": false.'))
    if not isinstance(schema.get("properties"), dict):
        raise ValidationError(_("It must name the members in properties."))
    if added := sorted(ADDED & schema["properties"].keys()):
        said = _("The provider adds these members, no client may send them: {members}.")
        raise ValidationError(said.format(members=", ".join(added)))
    if any(not reference.startswith("#") for reference in _references(schema)):
        raise ValidationError(_("It may only refer to itself: $ref must start with #."))
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        message = _("It is not a JSON Schema: {problem}").format(problem=error.message)
        raise ValidationError(message) from error


def validator_of(schema: Any) -> Draft202012Validator:
    """Return a validator that never fetches anything; it may be shared by threads."""
    return Draft202012Validator(schema, registry=Registry())


class BrokenSchemaError(Exception):
    """A schema that leads nowhere: a missing reference, a loop, a bad regular expression."""


def first_problem(validator: Draft202012Validator, detail: Any) -> SchemaProblem | None:
    """Return something that is wrong with a detail, None when it follows the schema.

    Raises `BrokenSchemaError`, also for a detail that is nested too deeply.
    """
    try:
        # The first, not the best: uniqueItems alone takes seconds for what is wrong anyway.
        problem: SchemaProblem | None = next(validator.iter_errors(detail), None)
    except (Unresolvable, re.error, RecursionError) as error:
        raise BrokenSchemaError(str(error)) from error
    return problem


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name in {"$ref", "$dynamicRef"} and isinstance(value, str):
                yield value
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)
