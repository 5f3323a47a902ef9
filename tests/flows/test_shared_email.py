"""Which verified address an application gets: chosen once, kept, never replaced by another."""

import json
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.http import HttpResponse

from consent.models import Grant, ScopeDecision
from consent.my_access.receipts import document, receipt_of
from foundation.directory.models import User
from foundation.journal.erasure import erase_history_of
from foundation.journal.models import Act, Kind, PersonalPart
from foundation.journal.triggers import declared as triggers
from tests.consent.history.reading import findings
from tests.html_forms import form_with
from tests.jwt import payload_of
from tests.relying_party import RelyingParty, answer_of

SCOPE = "openid email offline_access"
MAIN, WORK = "ada@example.org", "ada@work.example"
ASKED = json.dumps({"id_token": {"email": None, "email_verified": None}})


@pytest.fixture
def work(person: User) -> EmailAddress:
    """Ada's other address."""
    address: EmailAddress = EmailAddress.objects.create(user=person, email=WORK, verified=True)
    return address


def page(rp: RelyingParty, person: User, **parameters: Any) -> HttpResponse:
    return rp.sign_in(person, rp.authorize(**{"scope": SCOPE, **parameters}))


def choose(rp: RelyingParty, asked: HttpResponse, **values: Any) -> HttpResponse:
    scopes = ["email", "offline_access"]
    return rp.submit(asked, having="decision", **{"decision": "allow", "scope": scopes, **values})


def tokens_with(
    rp: RelyingParty, person: User, address: str = WORK, **parameters: Any
) -> dict[str, Any]:
    code = answer_of(choose(rp, page(rp, person, **parameters), email=address))["code"]
    return dict(rp.exchange(code).json())


# --- the choice -----------------------------------------------------------------------------------


def test_main_address_is_suggested(rp: RelyingParty, person: User, work: EmailAddress) -> None:
    form = form_with(page(rp, person).content.decode(), "decision")

    controls = [(value, on) for name, value, _kind, on in form.controls if name == "email"]
    assert controls == [("", True), (WORK, False)]


def test_one_address_is_no_choice(rp: RelyingParty, person: User) -> None:
    EmailAddress.objects.create(user=person, email=WORK, verified=False)

    html = page(rp, person).content.decode()

    assert 'name="email"' not in html
    assert WORK not in html


def test_it_is_no_question_where_no_address_is_asked_for(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    assert WORK not in page(rp, person, scope="openid profile").content.decode()


def test_main_address_is_followed(rp: RelyingParty, person: User, work: EmailAddress) -> None:
    tokens = tokens_with(rp, person, "")
    User.objects.filter(pk=person.pk).update(email="new@example.org")

    assert rp.userinfo(tokens["access_token"]).json()["email"] == "new@example.org"
    assert Grant.objects.get().shared_email == ""


@pytest.mark.parametrize(
    "forged",
    ["grace@example.org", "ada@unverified.example", "nobody@example.org", "x", f"{WORK} ", "a\0b"],
)
def test_only_own_verified_addresses_are_accepted(
    rp: RelyingParty, person: User, other_person: User, work: EmailAddress, forged: str
) -> None:
    EmailAddress.objects.create(user=person, email="ada@unverified.example", verified=False)
    forged = forged.upper() if forged == f"{WORK} " else forged

    answer = choose(rp, page(rp, person), email=forged)

    assert answer.status_code == 400
    assert not Grant.objects.exists()
    assert not ScopeDecision.objects.exists()


def test_no_choice_is_no_answer(rp: RelyingParty, person: User, work: EmailAddress) -> None:
    asked = page(rp, person)
    form = form_with(asked.content.decode(), "decision")
    data = {name: values for name, values in form.data.items() if name != "email"}

    path = asked.request["PATH_INFO"]
    answer = rp.browser.post(path, {**data, "decision": "allow", "scope": ["email"]})

    assert answer.status_code == 400
    assert "Choose which of your verified addresses" in answer.content.decode()
    assert not Grant.objects.exists()


def test_choice_beside_a_scope_that_is_left_off_counts_for_nothing(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    choose(rp, page(rp, person), email=WORK, scope=["offline_access"])

    assert Grant.objects.get().shared_email == ""
    assert set(ScopeDecision.objects.values_list("shared_email", flat=True)) == {""}


def test_another_application_has_its_own(
    rp: RelyingParty, other_rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    tokens_with(rp, person)

    tokens = tokens_with(other_rp, person, "")

    assert other_rp.userinfo(tokens["access_token"]).json()["email"] == MAIN


# --- where it goes --------------------------------------------------------------------------------


@pytest.mark.spec("OIDC Core", "5.3.2")
def test_userinfo_has_the_chosen_one(rp: RelyingParty, person: User, work: EmailAddress) -> None:
    tokens = tokens_with(rp, person)

    said = rp.userinfo(tokens["access_token"]).json()

    assert (said["email"], said["email_verified"]) == (WORK, True)


@pytest.mark.spec("OIDC Core", "5.5")
def test_id_token_has_it_when_asked_for_refreshed_too(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    tokens = tokens_with(rp, person, claims=ASKED)
    refreshed = rp.refresh(tokens["refresh_token"]).json()

    for token in (tokens["id_token"], refreshed["id_token"]):
        assert payload_of(token)["email"] == WORK
        assert payload_of(token)["email_verified"] is True


def test_it_is_verified_even_where_the_main_one_is_not(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    User.objects.filter(pk=person.pk).update(email_verified=False)

    tokens = tokens_with(rp, person)

    assert rp.userinfo(tokens["access_token"]).json()["email_verified"] is True


def test_it_is_kept_and_said_when_more_is_asked(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    tokens_with(rp, person)

    html = rp.follow(rp.authorize(scope=f"{SCOPE} phone")).content.decode()
    assert f"Shared: {WORK}." in html
    rp.obtain_tokens(person, scope=f"{SCOPE} phone")

    assert Grant.objects.get().shared_email == WORK


def test_it_is_suggested_when_asked_again(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    tokens_with(rp, person)

    asked = rp.follow(rp.authorize(scope=SCOPE, prompt="consent"))

    assert form_with(asked.content.decode(), "decision").data["email"] == [WORK]


def test_taking_the_scope_back_forgets_it(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    tokens_with(rp, person)
    grant = Grant.objects.get()

    asked = rp.browser.get(f"/account/access/{grant.pk}/take-back/", {"scope": "email"})
    rp.submit(asked, having="scope")

    grant.refresh_from_db()
    assert grant.shared_email == ""
    assert ScopeDecision.objects.get(scope="email").shared_email == ""


def test_changing_it_is_a_new_version(rp: RelyingParty, person: User, work: EmailAddress) -> None:
    tokens_with(rp, person)
    before = Grant.objects.get().version

    choose(rp, rp.follow(rp.authorize(scope=SCOPE, prompt="consent")), email="")

    grant = Grant.objects.get()
    assert (grant.shared_email, grant.version > before) == ("", True)


# --- when it is gone ------------------------------------------------------------------------------


def end(address: EmailAddress, how: str, other: User) -> None:
    if how == "deleted":
        address.delete()
    elif how == "unconfirmed":
        EmailAddress.objects.filter(pk=address.pk).update(verified=False)
    else:
        EmailAddress.objects.filter(pk=address.pk).update(user=other)


@pytest.mark.parametrize("how", ["deleted", "unconfirmed", "somebody else's"])
def test_address_that_is_gone_is_withheld_and_not_replaced(
    rp: RelyingParty, person: User, other_person: User, work: EmailAddress, how: str
) -> None:
    tokens = tokens_with(rp, person, claims=ASKED)
    end(work, how, other_person)

    said = rp.userinfo(tokens["access_token"]).json()
    refreshed = rp.refresh(tokens["refresh_token"]).json()

    assert said.keys().isdisjoint({"email", "email_verified"})
    assert payload_of(refreshed["id_token"]).keys().isdisjoint({"email", "email_verified"})
    assert "email" in refreshed["scope"]


def test_address_that_is_gone_is_asked_again(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    tokens_with(rp, person)
    third = EmailAddress.objects.create(user=person, email="ada@home.example", verified=True)
    work.delete()

    assert answer_of(rp.authorize(scope=SCOPE, prompt="none"))["error"] == "consent_required"
    asked = rp.follow(rp.authorize(scope=SCOPE))
    html = asked.content.decode()
    assert f"Until now it was {WORK}, which is no longer confirmed as yours." in html
    assert "email" not in form_with(html, "decision").data
    choose(rp, asked, scope=["email"], email=third.email)

    assert Grant.objects.get().shared_email == third.email
    assert "code" in answer_of(rp.authorize(scope=SCOPE, prompt="none"))


def test_address_confirmed_again_counts_again(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    tokens = tokens_with(rp, person)
    EmailAddress.objects.filter(pk=work.pk).update(verified=False)
    EmailAddress.objects.filter(pk=work.pk).update(verified=True)

    assert rp.userinfo(tokens["access_token"]).json()["email"] == WORK


# --- what is said of it ---------------------------------------------------------------------------


def test_my_access_and_receipt_say_which(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    tokens_with(rp, person)
    grant = Grant.objects.get()

    assert f"{WORK} (verified)" in rp.browser.get("/account/access/").content.decode()
    for path in (f"/account/access/{grant.pk}/receipt/", "/account/history/"):
        assert f"Shared: {WORK}." in rp.browser.get(path).content.decode(), path
    processing = {p["purpose_id"]: p for p in document(receipt_of(grant))["pii_processing"]}
    assert {"pii_type": "email", "shared_email": WORK} in processing["email"]["pii_information"]


def test_history_keeps_it_apart_from_the_chain(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    tokens_with(rp, person)

    act = Act.objects.get(kind=Kind.GRANTED, scope="email")

    assert act.personal.shared_email == WORK
    assert WORK not in json.dumps(list(Act.objects.values()), default=str)
    assert findings() == []


@pytest.mark.both_databases
def test_history_forgets_it_on_request(rp: RelyingParty, person: User, work: EmailAddress) -> None:
    tokens_with(rp, person)

    erase_history_of(person.pk)

    assert set(PersonalPart.objects.values_list("shared_email", flat=True)) == {""}
    assert findings() == []


@pytest.mark.both_databases
def test_changing_it_in_the_history_is_found(
    rp: RelyingParty, person: User, work: EmailAddress
) -> None:
    tokens_with(rp, person)

    with triggers.removed(connection):
        PersonalPart.objects.filter(shared_email=WORK).update(shared_email=MAIN)

    assert any("its personal part has been changed" in finding for finding in findings())
