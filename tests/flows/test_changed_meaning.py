"""The switch "The meaning has changed": everybody is asked again, and nobody by a correction."""

import pytest
from django.test import Client as Browser
from django.urls import reverse

from claims.catalogue.models import Scope
from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from tests.admin.forms import submit
from tests.factories import make_person
from tests.relying_party import RelyingParty, answer_of

SCOPE = "openid profile email offline_access"


@pytest.fixture
def administrator(provider: None) -> Browser:
    browser = Browser()
    browser.force_login(make_person(username="root", is_staff=True, is_superuser=True))
    return browser


def change(administrator: Browser, **changes: str) -> None:
    scope = Scope.objects.get(name="email")
    address = reverse("admin:catalogue_scope_change", args=[scope.pk])
    assert submit(administrator, address, **changes).status_code == 302


def silently(rp: RelyingParty) -> dict[str, str]:
    return answer_of(rp.authorize(scope=SCOPE, prompt="none"))


def test_everybody_is_asked_again(
    rp: RelyingParty,
    other_rp: RelyingParty,
    person: User,
    other_person: User,
    administrator: Browser,
) -> None:
    rp.obtain_tokens(person, scope=SCOPE)
    other_rp.obtain_tokens(other_person, scope=SCOPE)
    assert "code" in silently(rp)

    change(administrator, sentence="See and sell your e-mail address.", ask_again="on")

    assert silently(rp)["error"] == silently(other_rp)["error"] == "consent_required"


def test_only_what_has_changed_is_asked(
    rp: RelyingParty, person: User, administrator: Browser
) -> None:
    rp.obtain_tokens(person, scope=SCOPE)
    change(administrator, sentence="See and sell your e-mail address.", ask_again="on")

    page = rp.follow(rp.authorize(scope=SCOPE)).content.decode()

    assert "Changed since you agreed" in page
    assert "See and sell your e-mail address." in page
    assert page.count('type="checkbox"') == 1


def test_the_answer_counts_for_the_new_text(
    rp: RelyingParty, person: User, administrator: Browser
) -> None:
    rp.obtain_tokens(person, scope=SCOPE)
    change(administrator, ask_again="on")

    rp.obtain_tokens(person, scope=SCOPE)

    assert "code" in silently(rp)
    versions = Act.objects.filter(kind=Kind.GRANTED, scope="email").order_by("at")
    assert list(versions.values_list("text_version", flat=True)) == [1, 2]


def test_refused_in_its_new_meaning_it_is_gone(
    rp: RelyingParty, person: User, administrator: Browser
) -> None:
    tokens = rp.obtain_tokens(person, scope=SCOPE)
    change(administrator, ask_again="on")

    rp.go_through(person, scope=SCOPE, allow=["profile"])

    assert "email" not in rp.refresh(tokens["refresh_token"]).json()["scope"]


def test_correction_of_a_text_asks_nobody(
    rp: RelyingParty, person: User, administrator: Browser
) -> None:
    rp.obtain_tokens(person, scope=SCOPE)

    change(administrator, sentence="See your e-mail address!")

    assert "code" in silently(rp)


def test_denial_stays_a_denial(rp: RelyingParty, person: User, administrator: Browser) -> None:
    rp.obtain_tokens(person, scope=SCOPE, allow=["profile", "offline_access"])

    change(administrator, ask_again="on")

    assert "code" in silently(rp)


def test_switch_is_off_again_afterwards(
    rp: RelyingParty, person: User, administrator: Browser
) -> None:
    change(administrator, ask_again="on")
    change(administrator, position="7")

    assert Scope.objects.get(name="email").text_version == 2
