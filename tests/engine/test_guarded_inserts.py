"""Two rows in one statement on PostgreSQL: what both have is sent once, and nothing is cut off."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import DataError, transaction
from django.utils import timezone

from consent.models import Grant
from foundation.directory.levels import ACR_ONE_FACTOR
from foundation.directory.sign_in import SignIn
from idp.authorize.issue import Granted, issue_code
from idp.authorize.request import AuthorizationRequest
from idp.models import AuthorizationCode, RefreshToken
from tests.factories import make_person, make_relying_party
from tests.relying_party import RelyingParty

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("provider")]
SCOPES = "openid profile"


@pytest.fixture
def party() -> RelyingParty:
    """A client that somebody has granted everything, without a code that was issued."""
    party = make_relying_party(scope=SCOPES)
    party.obtain_code(make_person())
    AuthorizationCode.objects.all().delete()
    RefreshToken.objects.all().delete()
    return party


def issue(party: RelyingParty, **facts: Any) -> str:
    """Issue a code for the one grant there is."""
    grant, now = Grant.objects.get(), timezone.now()
    sign_in = SignIn(grant.user, auth_time=now, acr=ACR_ONE_FACTOR, amr=("pwd",), sid="a-sid")
    request = AuthorizationRequest(redirect_uri="https://rp.example/cb", resource=("urn:a",))
    granted = Granted(grant, tuple(SCOPES.split()), ({"type": "a"},))
    return issue_code(request, party.client, replace(sign_in, **facts), granted, now)


def test_both_rows_have_what_is_the_same_in_them(party: RelyingParty) -> None:
    issue(party)

    code, family = AuthorizationCode.objects.get(), RefreshToken.objects.get()
    shared = "user_id application_id grant_id scope resource sid auth_time acr amr expires cnf"
    for name in [*shared.split(), "requested_claims", "authorization_details"]:
        assert getattr(code, name) == getattr(family, name), name
    assert (family.sid, family.amr, family.resource) == ("a-sid", ["pwd"], ["urn:a"])
    assert family.authorization_details == [{"type": "a"}]


def test_a_text_that_is_too_long_is_refused_and_nothing_is_written(party: RelyingParty) -> None:
    with pytest.raises(DataError), transaction.atomic():
        issue(party, acr="x" * 300)

    assert not AuthorizationCode.objects.exists()
    assert not RefreshToken.objects.exists()
