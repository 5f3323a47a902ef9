"""What is said of a token, and to whom (RFC 7662)."""

from typing import Any

from django.utils import timezone

from foundation.base import conf
from foundation.base.secrets import matches
from foundation.directory.models import Client
from idp.tokens.access import read_access_token
from idp.tokens.families import lookup

ABOUT_THE_TOKEN = (
    "iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "acr", "auth_time", "cnf",
    "grant_id", "authorization_details", "act",
)  # fmt: skip
"""What the client that holds the token may read too; facts about people are for its audience."""


def describe_token(token: str, *, asked_by: Client) -> dict[str, Any] | None:
    """Return the members of the introspection answer, None when there is nothing to say.

    Everything is said to the resource server that is the token's audience. The client that holds
    the token learns whether it is active. Anybody else learns nothing (RFC 7662 §4). At most one
    statement for an access token, two for a refresh token.
    """
    presented = read_access_token(token, with_person=False)
    if presented is None:
        return _describe_refresh_token(token, asked_by) if token.count(".") == 1 else None
    kind = "DPoP" if "jkt" in presented.payload.get("cnf", {}) else "Bearer"
    answer = {"token_type": kind, "username": presented.username, **presented.payload}
    if asked_by.resource_server and asked_by.resource_server == presented.payload["aud"]:
        # A JWT says what was so when it was issued; what was left out since is not said again.
        said = answer.keys() - (presented.withheld - presented.told)
        return {name: value for name, value in answer.items() if value and name in said}
    if asked_by.client_id == presented.client.client_id:
        return {name: answer[name] for name in ("token_type", *ABOUT_THE_TOKEN) if name in answer}
    return None


def _describe_refresh_token(token: str, asked_by: Client) -> dict[str, Any] | None:
    found = lookup.by_refresh_token(token, client_pk=asked_by.pk)
    if found is None:
        return None
    standing, secret = found
    now = timezone.now()
    current = matches(secret, standing.get("token_checksum"))
    if not (current and standing.is_alive_for(asked_by) and standing.get("expires") > now):
        return None
    live = standing.live_entries(standing.get("scope").split(), asked_by, now)
    return {
        "iss": conf.current().issuer,
        "client_id": asked_by.client_id,
        "sub": standing.subject.id if standing.subject else "",
        "scope": " ".join(entry.name for entry in live),
        "exp": int(standing.get("expires").timestamp()),
        "grant_id": str(standing.grant.id) if standing.grant else "",
    }
