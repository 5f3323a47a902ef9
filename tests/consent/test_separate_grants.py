"""Several grants of one person for one application: nothing about one counts for another."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from consent.asking import prompts
from consent.asking.prompts import ScopeState
from consent.consent_question import Aim, ConsentQuestion
from consent.errors import GrantGoneError
from consent.grants import selectors, services as grant_services
from consent.grants.expiry import record_expired
from consent.models import DecisionOutcome, Grant, Intent, ScopeDecision
from consent.my_access.access import grants_of
from consent.my_access.receipts import receipt_of
from foundation.directory.models import Client, User
from foundation.journal.context import DecisionContext
from foundation.journal.models import Act
from tests.consent.asking import Asking, change_scope

HERE = DecisionContext()
CREATE = Aim(Intent.CREATE)


def separate(asking: Asking, asked: list[str], *granted: str) -> Grant:
    request = asking.open("openid", *asked, aim=CREATE)
    grant = asking.answer(request, *granted)
    assert grant is not None
    return grant


def questions(asking: Asking, *scopes: str, aim: Aim) -> prompts.ConsentQuestions:
    return prompts.questions(asking.question(*scopes, aim=aim))


def merge(grant: Grant) -> Aim:
    return Aim(Intent.MERGE, grant.pk)


def test_one_ordinary_grant_and_any_number_of_separate_ones_stand(
    ada: User, client: Client
) -> None:
    for _ in range(2):
        Grant.objects.create(user=ada, client=client, separate=True)
    Grant.objects.create(user=ada, client=client)

    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(user=ada, client=client)


@pytest.mark.parametrize("same", ["ordinary", "separate"])
def test_a_scope_is_decided_once_for_each_grant(asking: Asking, same: str) -> None:
    asking.allow(["email"], ["email"])
    separate(asking, ["email"], "email")
    kept = {"ordinary": False, "separate": True}
    row = ScopeDecision.objects.get(grant__separate=kept[same])
    row.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_what_one_grant_holds_is_new_to_another(asking: Asking) -> None:
    ordinary = asking.allow(["email"], ["email"])
    first, second = separate(asking, ["phone"], "phone"), separate(asking, ["roles"], "roles")

    for grant, held in ((ordinary, "email"), (first, "phone"), (second, "roles")):
        found = questions(asking, "email", "phone", "roles", aim=merge(grant))
        states = {item.entry.name: item.state for item in found.items}
        assert states.pop(held) is ScopeState.GRANTED
        assert set(states.values()) == {ScopeState.NEW}


def test_a_grant_to_be_created_begins_without_memory(asking: Asking) -> None:
    asking.allow(["email", "roles"], ["email"])

    found = questions(asking, "email", "roles", aim=CREATE)

    assert [(item.state, item.ticked) for item in found.items] == [(ScopeState.NEW, True)] * 2


def test_taking_back_a_scope_of_one_leaves_the_others(asking: Asking) -> None:
    ordinary = asking.allow(["email"], ["email"])
    first, second = (separate(asking, ["email"], "email") for _ in range(2))

    assert grant_services.revoke_scope(first, "email", context=HERE)

    for grant in (ordinary, first, second):
        grant.refresh_from_db()
    assert ["email" in grant.scopes for grant in (ordinary, first, second)] == [True, False, True]
    assert ScopeDecision.objects.get(outcome=DecisionOutcome.DENIED).grant == first


def test_ending_one_leaves_the_others(asking: Asking) -> None:
    ordinary = asking.allow(["email"], ["email"])
    first, second = (separate(asking, ["email"], "email") for _ in range(2))

    grant_services.revoke_grant(first)

    assert set(Grant.objects.filter(revoked_at=None)) == {ordinary, second}
    assert questions(asking, "email", aim=merge(second)).must_ask is False


def test_letting_one_ask_again_leaves_the_denials_of_others(asking: Asking) -> None:
    asking.allow(["email", "roles"], ["roles"])
    first, second = (separate(asking, ["email", "phone", "roles"], "roles") for _ in range(2))

    assert grant_services.forget_denial(first, "email", context=HERE)
    assert not grant_services.forget_denial(first, "email", context=HERE)

    assert questions(asking, "email", aim=merge(first)).items[0].state is ScopeState.NEW
    assert questions(asking, "phone", aim=merge(first)).items[0].state is ScopeState.DENIED
    assert questions(asking, "email", aim=merge(second)).items[0].state is ScopeState.DENIED
    assert asking.questions("email").items[0].state is ScopeState.DENIED


def test_a_no_to_a_merge_is_a_no_for_that_grant_alone(asking: Asking) -> None:
    ordinary = asking.allow(["email"], ["email"])
    grant = separate(asking, ["phone"], "phone")

    asking.deny(asking.open("openid", "email", aim=merge(grant)))

    grant.refresh_from_db()
    ordinary.refresh_from_db()
    assert "email" in ordinary.scopes
    assert set(grant.scopes) == {"openid", "phone"}
    assert questions(asking, "email", aim=merge(grant)).denied == {"email"}
    assert asking.questions("email").granted == {"email"}


@pytest.mark.parametrize("intent", [Intent.MERGE, Intent.REPLACE])
def test_answer_about_a_grant_that_is_gone_decides_nothing(asking: Asking, intent: Intent) -> None:
    grant = separate(asking, ["phone"], "phone")
    request = asking.open("openid", "email", aim=Aim(intent, grant.pk))
    shown = prompts.questions(ConsentQuestion.of(request)).fingerprint
    grant_services.revoke_grant(grant)
    acts = Act.objects.count()

    with pytest.raises(GrantGoneError):
        asking.answer(request, "email", shown=shown)
    with pytest.raises(GrantGoneError):
        asking.deny(request)

    request.refresh_from_db()
    assert request.decided_at is None
    assert Act.objects.count() == acts
    assert not ScopeDecision.objects.filter(scope="email").exists()


def test_what_a_replacement_drops_is_in_the_history_and_nowhere_else(asking: Asking) -> None:
    grant = separate(asking, ["email", "roles"], "email", "roles")
    request = asking.open("openid", "email", "phone", aim=Aim(Intent.REPLACE, grant.pk))

    asking.answer(request, "phone")

    grant.refresh_from_db()
    assert set(grant.scopes) == {"openid", "email", "phone"}
    act = Act.objects.get(kind="revoked")
    assert (act.actor, act.scope, act.grant_id) == ("client", "roles", grant.pk)
    assert not ScopeDecision.objects.filter(scope="roles").exists()


def test_a_replacement_keeps_what_was_left_out_left_out(asking: Asking) -> None:
    grant = separate(asking, ["profile", "roles"], "profile", "roles")
    Grant.objects.update(withheld_claims={"profile": ["name"], "roles": ["roles"]})

    held = grant_services.hold(grant, ["openid", "profile"], only=True)

    assert held.withheld_claims == {"profile": ["name"]}


def test_a_scope_that_had_ended_before_a_replacement_is_still_recorded(asking: Asking) -> None:
    request = asking.open("openid", "email", aim=CREATE)
    grant = asking.answer(request, "email", lifetime=3600)
    assert grant is not None

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        grant_services.hold(grant, ["openid"], only=True)
        record_expired()

    assert Act.objects.filter(kind="expired", scope="email").count() == 1


def test_a_changed_text_is_asked_for_each_grant(asking: Asking) -> None:
    grant = separate(asking, ["email"], "email")
    change_scope("email", text_version=2)

    assert questions(asking, "email", aim=merge(grant)).items[0].state is ScopeState.CHANGED


def test_scope_that_becomes_one_for_clients_is_in_no_grant_any_more(asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"])
    change_scope("email", policy="client")

    assert selectors.live_entries(grant.scopes).keys() == {"openid"}
    assert asking.questions("openid", "email").items == ()


def test_each_grant_is_an_entry_of_its_own(asking: Asking, browser: Browser) -> None:
    asking.allow(["email", "roles"], ["email"])
    grant = separate(asking, ["phone", "email"], "phone")

    shown = grants_of(asking.user)
    page = browser.get(reverse("consent:access")).content.decode()

    assert [
        ([scope.name for scope in entry.scopes], [scope.name for scope in entry.denied])
        for entry in shown
    ] == [(["openid", "phone"], ["email"]), (["openid", "email"], ["roles"])]
    assert all(str(entry.grant.pk) in page for entry in shown)
    assert [purpose.scope for purpose in receipt_of(grant).purposes] == ["openid", "phone"]


def test_a_person_takes_back_from_one_entry(asking: Asking, browser: Browser) -> None:
    ordinary = asking.allow(["email"], ["email"])
    grant = separate(asking, ["email"], "email")

    browser.post(reverse("consent:take_back", args=[grant.pk]), {"scope": "email"})
    browser.post(reverse("consent:leave", args=[ordinary.pk]))

    standing = Grant.objects.get(revoked_at=None)
    assert (standing, set(standing.scopes)) == (grant, {"openid"})
