"""Who is switched off or deleted: everything they have ends with the same transaction."""

from typing import Any

import pytest
from django.urls import reverse

from foundation.directory.models import User
from idp.models import ScimConnection
from tests.relying_party import PASSWORD, RelyingParty
from tests.scim.calling import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


def switch_off(scim: Caller, key: str) -> None:
    answer = scim.patch(f"/Users/{key}", {"op": "replace", "path": "active", "value": False})
    assert answer.status == 200


def replace(scim: Caller, key: str) -> None:
    said = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada"}
    assert scim.call("PUT", f"/Users/{key}", {**said, "active": False}).status == 200


def delete(scim: Caller, key: str) -> None:
    assert scim.call("DELETE", f"/Users/{key}").status == 204


def in_bulk(scim: Caller, key: str) -> None:
    operation = {"method": "DELETE", "path": f"/Users/{key}"}
    answer = scim.call("POST", "/Bulk", {"schemas": [BULK], "Operations": [operation]})
    assert answer.body["Operations"][0]["status"] == "204"


@pytest.mark.spec("RFC 7643", "4.1.1")
@pytest.mark.parametrize("end", [switch_off, replace, delete, in_bulk])
def test_tokens_and_session_end_at_the_next_request(
    scim: Caller, rp: RelyingParty, end: Any
) -> None:
    ScimConnection.objects.update(verified_domains="example.com")
    made = scim.make("ada", emails=[{"value": "ada@example.com"}])
    person = User.objects.get(pk=made["id"])
    person.set_password(PASSWORD)
    person.save()
    tokens = rp.obtain_tokens(person, scope="openid offline_access")
    access, refresh = tokens["access_token"], tokens["refresh_token"]
    assert rp.userinfo(access).status_code == 200
    assert rp.introspect(access).json()["active"] is True

    end(scim, made["id"])

    assert rp.userinfo(access).status_code == 401
    assert rp.introspect(access).json() == {"active": False}
    assert rp.introspect(refresh).json() == {"active": False}
    refused = rp.refresh(refresh)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert rp.browser.get(reverse("account")).status_code == 302
