"""The payloads that claims are released into."""

from enum import StrEnum


class Target(StrEnum):
    """A payload that carries claims about a person."""

    ID_TOKEN = "id_token"  # noqa: S105 - a name, not a secret
    ACCESS_TOKEN = "access_token"  # noqa: S105 - a name, not a secret
    USERINFO = "userinfo"


FOR_THE_CLIENT = frozenset({Target.ID_TOKEN, Target.USERINFO})
"""Read by the client itself; the access token is read by the resource server."""
