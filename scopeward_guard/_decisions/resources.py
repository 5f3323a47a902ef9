"""What policy is asked about, besides queries: operations, records and fields."""

from collections.abc import Iterable

from scopeward_guard._authzen import Entity, Properties

_NO_SCOPES: Properties = {"scopes": ()}


def endpoint(template: str, scopes: Iterable[str] = ()) -> Entity:
    """Return an HTTP operation; `template` is its path, such as `/payments/{id}`."""
    return Entity(type="endpoint", id=template, properties={"scopes": sorted(scopes)})


def record(properties: Properties) -> Entity:
    """Return a record; its `id` is among its properties. It takes no scopes unless they say so."""
    return Entity(type="record", id=str(properties["id"]), properties={**_NO_SCOPES, **properties})


def field(name: str, properties: Properties) -> Entity:
    """Return a field by its dotted name; `properties` are those of the record that it is of."""
    return Entity(type="field", id=name, properties={**_NO_SCOPES, **properties})
