"""A system that provisions: it calls the endpoint with a token of its own."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from idp.models import ScimConnection, ScimToken, Touches
from idp.scim.tokens import new_secret

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass
class Answer:
    status: int
    body: Any
    headers: Any

    @property
    def scim_type(self) -> str:
        return self.body.get("scimType", "")


@dataclass
class Caller:
    connection: ScimConnection
    token: ScimToken
    secret: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = body if isinstance(body, bytes | str) else json.dumps(body) if body else ""
        response = Client().generic(
            method,
            f"/scim/v2{path}",
            sent,
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {self.secret}", **headers},
        )
        content = response.content
        return Answer(response.status_code, json.loads(content) if content else None, response)

    def make(self, user_name: str = "ada@example.com", **more: Any) -> Any:
        answer = self.call("POST", "/Users", {"schemas": [USER], "userName": user_name, **more})
        assert answer.status == 201, answer.body
        return answer.body

    def make_group(self, name: str = "Analysts", *members: str) -> Any:
        rows = [{"value": member} for member in members]
        said = {"schemas": [GROUP], "displayName": name, "members": rows}
        answer = self.call("POST", "/Groups", said)
        assert answer.status == 201, answer.body
        return answer.body

    def patch(self, path: str, *operations: Any, **headers: str) -> Answer:
        return self.call("PATCH", path, {"schemas": [PATCH], "Operations": operations}, **headers)


def connect(
    name: str, *, users: str = Touches.WRITES, groups: str = Touches.WRITES, domains: str = ""
) -> Caller:
    connection, _ = ScimConnection.objects.get_or_create(
        name=name, defaults={"verified_domains": domains}
    )
    token = ScimToken(
        connection=connection,
        label=f"of {name}",
        users=users,
        groups=groups,
        expires_at=timezone.now() + timedelta(days=1),
    )
    secret = new_secret(token)
    token.save()
    return Caller(connection, token, secret)
