"""From JSON to details: everything that is not foreseen is refused (RFC 9396 §5)."""

from collections.abc import Mapping
from typing import Any

from jsonschema import ValidationError

from claims.catalogue.details.catalogue import DetailsType, known_type
from claims.catalogue.details.detail import Detail, audiences_of
from claims.catalogue.details.errors import InexactDetailError, InvalidDetailsError
from claims.catalogue.details.reading import LARGEST_TEXT
from claims.catalogue.models.details_schema import BrokenSchemaError, first_problem
from foundation.directory.models import Client
from scopeward_guard.vocabulary import ADDED, is_consistent

MOST = 20
"""Details in one request."""


def validate(raw: Any, client: Client) -> tuple[Detail, ...]:
    """Return the details that a client asks for, in its order; the same one twice counts once.

    `raw` is the parameter as JSON. Raises `InvalidDetailsError`: no array of at most 20 objects
    and 32 KiB, a type that is unknown or not registered for the client, a member that is unknown,
    missing or has a wrong value, a query whose digest is not that of what it says, a location that
    the client may not ask tokens for.
    """
    if not isinstance(raw, list):
        raise InvalidDetailsError("authorization_details must be an array of objects.")
    if len(raw) > MOST:
        raise InvalidDetailsError(f"authorization_details has more than {MOST} objects.")
    details = {detail.digest: detail for detail in (_detail(item, client) for item in raw)}
    if sum(len(detail.canonical.encode()) for detail in details.values()) > LARGEST_TEXT:
        raise InvalidDetailsError("authorization_details has more than 32 KiB.")
    return tuple(details.values())


def _detail(raw: Any, client: Client) -> Detail:
    if not isinstance(raw, Mapping):
        raise InvalidDetailsError("authorization_details must be an array of objects.")
    entry = known_type(raw.get("type"))
    if entry is None:
        raise InvalidDetailsError("The type of a detail is missing or unknown.")
    if entry.type not in client.authorization_details_types:
        raise InvalidDetailsError(f"The client is not registered for the type {entry.type}.")
    _check_schema(entry, raw)
    _check_binding(raw)
    _check_audiences(entry, raw, client)
    try:
        return Detail.of(entry, raw)
    except InexactDetailError as error:
        raise InvalidDetailsError(str(error)) from error


def _check_schema(entry: DetailsType, raw: Mapping[str, Any]) -> None:
    try:
        problem = first_problem(entry.validator, raw)
    except BrokenSchemaError as error:
        raise InvalidDetailsError("The detail cannot be checked against its schema.") from error
    if problem is not None:
        raise InvalidDetailsError(f"{_place(problem)}: {_complaint(problem)}")


def _check_binding(raw: Mapping[str, Any]) -> None:
    """Refuse what would show one thing and bind another, before anybody is asked."""
    # Whatever its schema says: these are no part of what is bound.
    if added := sorted(ADDED & raw.keys()):
        raise InvalidDetailsError(f"{added[0]} is the provider's to add.")
    if not is_consistent(raw):
        raise InvalidDetailsError("query_hash is not the digest of what the detail says.")


def _place(error: ValidationError) -> str:
    return ".".join(map(str, error.absolute_path)) or "The detail"


def _complaint(error: ValidationError) -> str:
    """Return what is wrong, in jsonschema's words unless they would repeat a long value."""
    message: str = error.message
    if len(message) <= 200:
        return message
    return f"the value does not follow the schema ({error.validator})."


def _check_audiences(entry: DetailsType, raw: Mapping[str, Any], client: Client) -> None:
    audiences = audiences_of(entry, raw)
    if not audiences:
        raise InvalidDetailsError("locations is missing: it names the resource server.")
    if set(raw.get("locations") or audiences) - set(audiences):
        raise InvalidDetailsError("locations names a resource server that the type is not for.")
    if set(audiences) - set(client.resources):
        raise InvalidDetailsError("The client may not ask for tokens for this location.")
    if entry.single_use and len(audiences) > 1:
        raise InvalidDetailsError("A detail that is good for one use has one location.")
