"""How often a program may reach a person who did not come with it: budgets that denials halve."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone

from claims.catalogue.details.catalogue import install_defaults as install_types
from claims.catalogue.details.defaults import QUERY
from consent.approvals.models import Approval, Approvers, Notice, VoteOutcome
from consent.models import ConsentRequest
from foundation.directory.models import User
from idp.backchannel import limits
from idp.models import BackchannelRequest
from tests.approvals.asking import make_rule, say
from tests.assertions import assert_oauth_error
from tests.factories import WAREHOUSE, make_person, make_resource_server
from tests.provider import Clock
from tests.specs.ciba.asking import CIBA, Asker
from tests.specs.ciba.conftest import make_asker
from tests.specs.rfc9396.asking import asking, query

Budget = Callable[..., None]


@pytest.fixture
def budget(settings: Any) -> Budget:
    def change(**budgets: int) -> None:
        settings.REACH = replace(settings.REACH, **budgets)

    return change


def refused(response: HttpResponse) -> None:
    assert_oauth_error(response, "temporarily_unavailable", status=429)


def test_three_unanswered_requests_an_hour_and_no_more(
    asker: Asker, other_asker: Asker, person: User, clock: Clock
) -> None:
    for _ in range(3):
        asker.asked()

    refused(asker.ask())
    assert (Notice.objects.count(), BackchannelRequest.objects.count()) == (3, 3)
    assert other_asker.ask().status_code == 200
    clock.advance(minutes=61)
    assert asker.ask().status_code == 200


def test_requests_that_end_in_an_instant_make_no_room(
    asker: Asker, person: User, clock: Clock
) -> None:
    for _ in range(3):
        asker.asked(requested_expiry="1")
        clock.advance(minutes=2)

    refused(asker.ask(requested_expiry="1"))


def test_answered_requests_make_room(asker: Asker, person: User) -> None:
    for _ in range(5):
        asker.asked()
        asker.answer(person)

    assert asker.ask().status_code == 200


def test_denial_mutes_the_application_for_that_person_for_an_hour(
    asker: Asker, other_asker: Asker, person: User, clock: Clock
) -> None:
    make_person(username="grace")
    asker.asked()
    asker.answer(person, allow=())

    refused(asker.ask())
    assert asker.ask(login_hint="grace").status_code == 200
    assert other_asker.ask().status_code == 200
    clock.advance(minutes=61)
    assert asker.ask().status_code == 200


def test_each_denial_of_a_day_halves_what_is_left(asker: Asker, person: User, clock: Clock) -> None:
    asker.asked()
    asker.answer(person, allow=())
    clock.advance(minutes=61)
    asker.asked()
    refused(asker.ask())
    asker.answer(person, allow=())
    clock.advance(minutes=61)

    refused(asker.ask())
    clock.advance(hours=24)
    assert asker.ask().status_code == 200


def test_budget_of_a_person_is_for_all_applications_together(
    asker: Asker, other_asker: Asker, person: User, budget: Budget
) -> None:
    budget(asks_per_person=2)
    asker.asked()
    other_asker.asked()

    refused(make_asker(client_name="Third").ask())


def test_budget_of_an_application_is_for_all_people_together(
    asker: Asker, other_asker: Asker, person: User, budget: Budget
) -> None:
    budget(asks_per_client=2)
    names = [make_person(username=name).username for name in ("emil", "fritz", "grace")]
    for name in names[:2]:
        asker.asked(login_hint=name)

    refused(asker.ask(login_hint=names[2]))
    assert other_asker.ask(login_hint=names[2]).status_code == 200


def test_what_waits_for_long_is_limited_too(
    asker: Asker, person: User, budget: Budget, clock: Clock
) -> None:
    for _ in range(limits.WAITING_AT_ONCE):
        asker.asked(requested_expiry="86400")
        clock.advance(minutes=61)

    refused(asker.ask())


# For itself --------------------------------------------------------------------------------------


@pytest.fixture
def service(_provider: None) -> Asker:
    install_types()
    make_resource_server()
    return make_asker(
        grant_types=("client_credentials", CIBA), redirect_uris=(), post_logout_redirect_uris=(),
        may_ask_for_itself=True, resources=(WAREHOUSE,), authorization_details_types=(QUERY,),
        scope="",
    )  # fmt: skip


def lodge(service: Asker, *statements: str) -> HttpResponse:
    details = asking(*(query(statement=text) for text in statements))
    return service.ask(scope=None, login_hint=None, authorization_details=details)


def test_application_that_asks_for_itself_has_a_budget_of_approvals(
    service: Asker, other_person: User, budget: Budget, clock: Clock
) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    budget(own_per_client=3)

    assert lodge(service, "SELECT 1", "SELECT 2").status_code == 200
    refused(lodge(service, "SELECT 3", "SELECT 4"))
    assert Approval.objects.count() == 2
    assert lodge(service, "SELECT 5").status_code == 200
    refused(lodge(service, "SELECT 6"))
    clock.advance(minutes=61)
    assert lodge(service, "SELECT 7").status_code == 200


def test_denied_approval_of_its_own_halves_its_budget(
    service: Asker, other_person: User, budget: Budget
) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    budget(own_per_client=4)
    lodge(service, "SELECT 1")
    say(Approval.objects.get(), other_person, VoteOutcome.DENY)

    refused(lodge(service, "SELECT 1", "SELECT 2", "SELECT 3"))
    assert lodge(service, "SELECT 1", "SELECT 2").status_code == 200


def test_who_said_no_is_not_written_to_for_an_hour_and_finds_it_in_the_inbox(
    service: Asker, other_person: User, clock: Clock
) -> None:
    make_rule(Approvers.PEOPLE, people=[other_person])
    lodge(service, "SELECT 1")
    say(Approval.objects.get(), other_person, VoteOutcome.DENY)
    Notice.objects.all().delete()

    lodge(service, "SELECT 2")
    assert not Notice.objects.filter(person=other_person).exists()
    assert Approval.objects.filter(state="pending").count() == 1
    clock.advance(minutes=61)
    lodge(service, "SELECT 3")
    assert Notice.objects.filter(person=other_person).count() == 1


def test_answer_that_came_too_late_was_none(asker: Asker, person: User, clock: Clock) -> None:
    asker.asked()
    ConsentRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    asker.asked()
    asker.asked()

    refused(asker.ask())
