"""`report:{id}`: asked for, shown, remembered and taken back with its value."""

from typing import Any

import pytest

from claims.catalogue import scopes as catalogue
from claims.catalogue.models import Scope, ScopeCard
from claims.models import Attribute, ClaimMapping
from consent.models import Grant, ScopeDecision
from consent.my_access.receipts import receipt_of
from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from tests.consent.asking import change_scope
from tests.factories import make_machine
from tests.html_forms import form_with
from tests.jwt import payload_of
from tests.relying_party import RelyingParty, answer_of

Q3, Q4 = "report:2026-q3", "report:2026-q4"
TEMPLATE = "report:{id}"


@pytest.fixture(autouse=True)
def _template(provider: None, rp: RelyingParty) -> None:
    Scope(
        name=TEMPLATE,
        title="Report {id}",
        sentence="Read report {id}.",
        translations={"de": {"title": "Bericht {id}", "sentence": "Bericht {id} lesen."}},
        card=ScopeCard.ACCESS,
    ).save()
    rp.client.scope += f" {TEMPLATE}"
    rp.client.save()


def test_value_is_in_the_sentence(rp: RelyingParty, person: User) -> None:
    page = rp.sign_in(person, rp.authorize(scope=f"openid {Q3}"))

    assert "Read report 2026-q3." in page.content.decode()
    assert form_with(page.content.decode(), "decision").values("scope", "checkbox") == [Q3]


def test_value_is_in_the_sentence_of_the_other_language(rp: RelyingParty, person: User) -> None:
    page = rp.sign_in(person, rp.authorize(scope=f"openid {Q3}", ui_locales="de"))

    assert "Bericht 2026-q3 lesen." in page.content.decode()


def test_tokens_carry_the_value(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope=f"openid {Q3}")

    assert tokens["scope"] == f"openid {Q3}"
    assert payload_of(tokens["access_token"])["scope"] == f"openid {Q3}"


def test_each_value_is_remembered_by_itself(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope=f"openid {Q3}")

    assert "code" in answer_of(rp.authorize(scope=f"openid {Q3}", prompt="none"))
    other = answer_of(rp.authorize(scope=f"openid {Q4}", prompt="none"))
    assert other["error"] == "consent_required"


def test_a_no_to_one_value_is_no_answer_about_another(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope=f"openid {Q3} {Q4}", allow=[Q4])

    assert set(Grant.objects.get().scopes) == {"openid", Q4}
    outcomes = dict(ScopeDecision.objects.values_list("scope", "outcome"))
    assert outcomes == {Q3: "denied", Q4: "granted"}


def test_one_value_is_taken_back_alone(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope=f"openid offline_access {Q3} {Q4}")
    page = rp.browser.get("/account/access/")
    assert "Read report 2026-q4." in page.content.decode()
    grant = Grant.objects.get()

    page = rp.browser.get(f"/account/access/{grant.pk}/take-back/", {"scope": Q3})
    rp.submit(page, having="scope")

    scope = set(rp.refresh(tokens["refresh_token"]).json()["scope"].split())
    assert scope == {"openid", "offline_access", Q4}


@pytest.mark.spec("OIDC Core", "3.1.2.1")
@pytest.mark.parametrize(
    "name",
    [
        TEMPLATE,
        "report:",
        "report",
        "report:a:b",
        "report:a/b",
        "report:..",
        "report:<script>",
        "report:{id}x",
        "report:%7Bid%7D",
        "report:ä",
        "report:٣",
        "report:" + "a" * 65,
        "reports:2026",
        "Report:2026",
    ],
)
def test_what_fits_no_template_is_ignored_like_any_unknown_scope(
    rp: RelyingParty, person: User, name: str
) -> None:
    tokens = rp.obtain_tokens(person, scope=f"openid {name}")

    assert tokens["scope"] == "openid"
    assert set(Grant.objects.get().scopes) == {"openid"}


@pytest.mark.spec("RFC 6749", "4.1.2.1")
def test_nothing_but_an_ill_formed_value_is_an_invalid_scope(rp: RelyingParty) -> None:
    assert answer_of(rp.authorize(scope="report:.hidden"))["error"] == "invalid_scope"


def test_client_without_the_template_has_none_of_its_values(other_rp: RelyingParty) -> None:
    assert answer_of(other_rp.authorize(scope=f"openid {Q3}"))["error"] == "invalid_scope"


def test_client_with_one_value_has_not_the_others(other_rp: RelyingParty) -> None:
    other_rp.client.scope += f" {Q3}"
    other_rp.client.save()

    assert answer_of(other_rp.authorize(scope=f"openid {Q4}"))["error"] == "invalid_scope"


def test_form_cannot_answer_about_another_value(rp: RelyingParty, person: User) -> None:
    page = rp.sign_in(person, rp.authorize(scope=f"openid {Q3}"))

    rp.submit(page, having="decision", decision="allow", scope=[Q4, TEMPLATE])

    assert set(Grant.objects.get().scopes) == {"openid"}


def test_claims_are_mapped_to_the_template(rp: RelyingParty, person: User) -> None:
    department = Attribute.objects.get(name="department")
    ClaimMapping(
        claim="desk", attribute=department, scope=TEMPLATE, in_access_token=True, in_userinfo=True
    ).save()

    page = rp.sign_in(person, rp.authorize(scope=f"openid {Q3}"))
    assert "finance" in page.content.decode()
    tokens = rp.obtain_tokens(person, scope=f"openid {Q3}")

    assert payload_of(tokens["access_token"])["desk"] == "finance"
    assert rp.userinfo(tokens["access_token"]).json()["desk"] == "finance"
    assert "desk" in receipt_of(Grant.objects.get()).purposes[-1].claims


def test_history_and_receipt_say_which(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope=f"openid {Q3}")

    act = Act.objects.get(kind=Kind.GRANTED, scope=Q3)
    assert act.detail["sentence"] == "Read report 2026-q3."
    purpose = receipt_of(Grant.objects.get()).purposes[-1]
    assert (purpose.scope, purpose.sentence) == (Q3, "Read report 2026-q3.")
    history = rp.browser.get("/account/history/").content.decode()
    assert "Report 2026-q3" in history


def test_changed_template_asks_about_every_value(rp: RelyingParty, person: User) -> None:
    rp.obtain_tokens(person, scope=f"openid {Q3}")

    change_scope(TEMPLATE, text_version=2)

    answer = answer_of(rp.authorize(scope=f"openid {Q3}", prompt="none"))
    assert answer["error"] == "consent_required"


def test_withdrawn_template_ends_every_value(rp: RelyingParty, person: User) -> None:
    tokens = rp.obtain_tokens(person, scope=f"openid offline_access {Q3}")

    change_scope(TEMPLATE, is_active=False)

    assert Q3 not in rp.refresh(tokens["refresh_token"]).json()["scope"]
    assert catalogue.known([Q3]) == ()


@pytest.mark.spec("RFC 6749", "4.4")
def test_client_on_its_own_names_the_value(provider: None) -> None:
    machine = RelyingParty(*make_machine(scope=f"roles {TEMPLATE}"))

    assert machine.client_credentials(scope=Q3).json()["scope"] == Q3
    assert machine.client_credentials().json()["scope"] == "roles"
    for wrong in (TEMPLATE, "report:a:b", "projects"):
        assert machine.client_credentials(scope=wrong).json()["error"] == "invalid_scope"


@pytest.mark.spec("OIDC Discovery", "3")
def test_discovery_lists_what_can_be_asked_for_as_it_stands(rp: RelyingParty) -> None:
    document: dict[str, Any] = rp.browser.get("/.well-known/openid-configuration").json()

    assert "openid" in document["scopes_supported"]
    assert TEMPLATE not in document["scopes_supported"]
