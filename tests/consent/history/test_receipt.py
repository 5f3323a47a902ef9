"""The receipt: signed, complete, and one's own."""

from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser

from consent.grants import services as grant_services
from consent.models import Grant
from foundation.base.keys.documents import BadSignatureError, signer
from foundation.directory.models import User
from foundation.journal.context import DecisionContext
from tests.consent.asking import Asking, change_scope
from tests.jwt import forged, header_of, signed_elsewhere, verified

pytestmark = pytest.mark.django_db


def page_of(grant: Grant) -> str:
    return f"/account/access/{grant.pk}/receipt/"


def file_of(grant: Grant) -> str:
    return f"/account/access/{grant.pk}/receipt.jwt"


def receipt(browser: Browser, grant: Grant) -> dict[str, Any]:
    return verified(browser.get(file_of(grant)).content.decode())


def test_the_published_keys_verify_it(browser: Browser, grant: Grant, settings: Any) -> None:
    response = browser.get(file_of(grant))
    jws = response.content.decode()

    said = verified(jws)
    assert header_of(jws)["typ"] == "consent-receipt+jwt"
    assert (said["iss"], said["sub"]) == (settings.ISSUER, str(grant.user_id))
    assert said["schema_version"] == "ISO/IEC TS 27560:2023"
    assert said["pii_principal_id"] == said["sub"]
    assert said["record_id"] == str(grant.pk)
    assert 'filename="receipt-query-desk.jwt"' in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


def test_it_has_a_purpose_for_each_scope_held_and_no_other(browser: Browser, grant: Grant) -> None:
    purposes = {item["purpose_id"]: item for item in receipt(browser, grant)["pii_processing"]}

    assert set(purposes) == {"openid", "email", "roles"}
    email = purposes["email"]
    assert email["purpose"] == "See your e-mail address."
    assert (email["text_version"], email["language"]) == (1, "en")
    assert [info["pii_type"] for info in email["pii_information"]] == ["email", "email_verified"]
    assert purposes["roles"]["pii_information"] == [{"pii_type": "roles"}]
    assert email["withdrawal_method"].endswith("/account/access/")
    assert email["retention_period"] == "until withdrawn"
    assert email["events"][0]["event_type"] == "explicit"
    assert purposes["openid"]["events"][0]["event_type"] == "implicit"


def test_it_names_the_operator_and_the_application(browser: Browser, grant: Grant) -> None:
    operator, application = receipt(browser, grant)["party_identification"]

    assert operator["party_role"] == "pii_controller"
    assert application["party_name"] == "Query Desk"
    assert application["party_identifier"] == grant.client.client_id


def test_an_end_is_told(provider: None, browser: Browser, asking: Asking) -> None:
    grant = asking.allow(["email"], ["email"], lifetime=3600)

    (email,) = [
        item for item in receipt(browser, grant)["pii_processing"] if item["purpose_id"] == "email"
    ]
    assert email["retention_period"] == email["events"][0]["valid_until"]
    assert email["retention_period"].startswith("20")


def test_it_keeps_the_words_that_were_agreed_to(browser: Browser, grant: Grant) -> None:
    change_scope("email", sentence="Read all your mail.", text_version=2)

    (email,) = [
        item for item in receipt(browser, grant)["pii_processing"] if item["purpose_id"] == "email"
    ]
    assert (email["purpose"], email["text_version"]) == ("See your e-mail address.", 1)


def test_what_was_taken_back_is_not_on_the_next_one(browser: Browser, grant: Grant) -> None:
    before = receipt(browser, grant)
    grant_services.revoke_scope(grant, "email", context=DecisionContext())
    after = receipt(browser, grant)

    assert "email" not in {item["purpose_id"] for item in after["pii_processing"]}
    assert before["jti"] != after["jti"]


@pytest.mark.parametrize(
    "forge", [signed_elsewhere, lambda jws: forged(jws, header={"typ": "JWT"})]
)
def test_a_forged_receipt_does_not_verify(browser: Browser, grant: Grant, forge: Any) -> None:
    jws = browser.get(file_of(grant)).content.decode()

    assert signer().verify(jws, typ="consent-receipt+jwt")["jti"]
    with pytest.raises(BadSignatureError):
        signer().verify(forge(jws), typ="consent-receipt+jwt")


def test_a_receipt_is_no_access_token(browser: Browser, grant: Grant) -> None:
    jws = browser.get(file_of(grant)).content.decode()

    assert Browser().get("/userinfo", HTTP_AUTHORIZATION=f"Bearer {jws}").status_code == 401


def test_the_page_reads_it_out(browser: Browser, grant: Grant) -> None:
    html = unescape(browser.get(page_of(grant)).content.decode())

    assert "Receipt: Query Desk" in html
    assert "See your e-mail address." in html
    assert "Phone" not in html
    assert f'href="{file_of(grant)}"' in html


@pytest.mark.parametrize("path", [page_of, file_of])
def test_another_person_s_receipt_does_not_exist(linus: User, grant: Grant, path: Any) -> None:
    other = Browser()
    other.force_login(linus)

    assert other.get(path(grant)).status_code == 404
    assert other.post(path(grant)).status_code == 405


@pytest.mark.parametrize("path", [page_of, file_of])
def test_a_revoked_grant_has_no_receipt(browser: Browser, grant: Grant, path: Any) -> None:
    grant_services.revoke_grant(grant)

    assert browser.get(path(grant)).status_code == 404


@pytest.mark.parametrize("path", [page_of, file_of])
def test_nobody_reads_one_without_signing_in(grant: Grant, path: Any) -> None:
    assert Browser().get(path(grant))["Location"].startswith("/accounts/login/")
