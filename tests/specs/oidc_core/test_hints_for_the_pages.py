"""Parameters that only shape the pages: `login_hint`, `ui_locales`, `display` and their kin."""

import pytest

from foundation.directory.models import User
from tests.assertions import assert_code, assert_sent_to_sign_in
from tests.factories import make_grant
from tests.html_forms import form_with
from tests.relying_party import RelyingParty


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-login-hint")
def test_login_hint_is_filled_in(rp: RelyingParty) -> None:
    page = rp.follow(rp.authorize(login_hint="ada@example.org"))

    assert form_with(page.content.decode(), "login").data["login"] == ["ada@example.org"]


@pytest.mark.spec("OIDC Core", "3.1.2.1")
def test_login_hint_is_text_and_no_markup(rp: RelyingParty) -> None:
    page = rp.follow(rp.authorize(login_hint='"><script>alert(1)</script>'))

    assert "<script>alert" not in page.content.decode()


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-login-hint")
def test_login_hint_does_not_decide_who_signs_in(
    rp: RelyingParty, person: User, other_person: User
) -> None:
    make_grant(person=person, client=rp.client, scopes=["openid"])

    response = rp.sign_in(person, rp.authorize(scope="openid", login_hint="grace"))

    assert_code(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-ui-locales")
def test_ui_locales_choose_the_language_of_the_pages(rp: RelyingParty) -> None:
    page = rp.follow(rp.authorize(ui_locales="xx de-CH en"))

    assert '<html lang="de"' in page.content.decode()


@pytest.mark.spec("OIDC Core", "3.1.2.1", module="oidcc-ui-locales")
@pytest.mark.parametrize("ui_locales", ["xx", "se", "*", "..", "de_DE.UTF-8", "-", "x" * 2_000])
def test_unknown_ui_locales_are_no_error(rp: RelyingParty, ui_locales: str) -> None:
    page = rp.follow(rp.authorize(ui_locales=ui_locales))

    assert page.status_code == 200


@pytest.mark.spec("OIDC Core", "5.2", module="oidcc-claims-locales")
def test_claims_locales_do_no_harm(rp: RelyingParty) -> None:
    response = rp.authorize(claims_locales="se xx")

    assert_sent_to_sign_in(response)


@pytest.mark.spec("OIDC Core", "3.1.2.1", module=("oidcc-display-page", "oidcc-display-popup"))
@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap", "unheard-of"])
def test_display_does_no_harm(rp: RelyingParty, display: str) -> None:
    response = rp.authorize(display=display)

    assert_sent_to_sign_in(response)
