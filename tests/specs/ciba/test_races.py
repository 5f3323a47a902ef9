"""Everything at once: one fetch, one poll in time, one message."""

from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from claims.catalogue.details.catalogue import install_defaults as install_types
from claims.catalogue.details.defaults import QUERY
from consent.approvals.models import Approval, Approvers
from consent.models import ConsentRequest
from idp.models import BackchannelRequest, RefreshToken
from tests.approvals.asking import make_rule, make_someone, say
from tests.engine.conftest import at_once, make_setting
from tests.engine.setting import Setting
from tests.factories import WAREHOUSE, make_resource_server
from tests.specs.ciba.asking import CIBA, PATH
from tests.specs.rfc9396.asking import asking, query

__all__ = ["make_setting"]
pytestmark = [pytest.mark.both_databases, pytest.mark.django_db(transaction=True)]
AT_ONCE = 20


@pytest.fixture
def parties(transactional_db: None, make_setting: Any) -> Setting:
    setting: Setting = make_setting(
        grant_types=("authorization_code", "refresh_token", "client_credentials", CIBA),
        backchannel_token_delivery_mode="poll",
        may_ask_for_itself=True,
        resources=(WAREHOUSE,),
        authorization_details_types=(QUERY,),
    )
    return setting


@pytest.fixture(autouse=True)
def _types(transactional_db: None) -> None:
    install_types()


def outcomes(responses: list[Any]) -> Counter[str]:
    return Counter(response.json().get("error", "tokens") for response in responses)


def answered(parties: Setting) -> str:
    """Return an `auth_req_id` that its person has said yes to."""
    form = {"scope": "openid offline_access", "login_hint": "ada"}
    auth_req_id = str(parties.post(PATH, **form).json()["auth_req_id"])
    now = timezone.now()
    ConsentRequest.objects.update(decided_at=now, grant=parties.grant)
    BackchannelRequest.objects.update(auth_time=now, acr="a", amr=["pwd"], sid="sid")
    return auth_req_id


@pytest.mark.spec("CIBA Core", "10.1.1")
def test_many_fetches_of_one_answer_have_one_winner(parties: Setting) -> None:
    auth_req_id = answered(parties)

    responses = at_once(
        lambda: parties.post("/token", grant_type=CIBA, auth_req_id=auth_req_id), times=AT_ONCE
    )

    assert outcomes(responses) == {"tokens": 1, "invalid_grant": AT_ONCE - 1}
    assert RefreshToken.objects.count() == 1


@pytest.mark.spec("CIBA Core", "11")
def test_of_many_polls_at_once_one_is_in_time(parties: Setting) -> None:
    form = {"scope": "openid", "login_hint": "ada"}
    auth_req_id = parties.post(PATH, **form).json()["auth_req_id"]

    responses = at_once(
        lambda: parties.post("/token", grant_type=CIBA, auth_req_id=auth_req_id), times=AT_ONCE
    )

    assert outcomes(responses) == {"authorization_pending": 1, "slow_down": AT_ONCE - 1}
    assert BackchannelRequest.objects.get().interval == 5 + 5 * (AT_ONCE - 1)


def test_many_fetches_of_a_client_for_itself_mint_one_token(parties: Setting) -> None:
    grace = make_someone("grace")
    make_resource_server()
    make_rule(Approvers.PEOPLE, people=[grace])
    auth_req_id = parties.post(PATH, authorization_details=asking(query())).json()["auth_req_id"]
    say(Approval.objects.get(), grace)

    responses = at_once(
        lambda: parties.post("/token", grant_type=CIBA, auth_req_id=auth_req_id), times=AT_ONCE
    )

    assert outcomes(responses) == {"tokens": 1, "invalid_grant": AT_ONCE - 1}
    assert Approval.objects.get().state == "minted"


@pytest.mark.spec("CIBA Core", "7.1")
def test_many_requests_at_once_find_room_for_three(parties: Setting) -> None:
    form = {"scope": "openid", "login_hint": "ada"}

    responses = at_once(lambda: parties.post(PATH, **form), times=AT_ONCE)

    assert outcomes(responses) == {"tokens": 3, "temporarily_unavailable": AT_ONCE - 3}
    assert BackchannelRequest.objects.count() == ConsentRequest.objects.count() == 3
