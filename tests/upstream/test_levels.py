"""How strong a sign-in elsewhere was: what the tables say of its `acr` and `amr`, and no more."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.models import User
from foundation.directory.sign_in import SignIn, current_sign_in
from foundation.directory.upstream.models import UpstreamAccount, UpstreamProvider
from tests.accounts.factors.holding import ACCOUNT, SECOND, code_of, has_app, is_signed_in
from tests.upstream.elsewhere import ISSUER, Elsewhere, make_provider, there_and_back

pytestmark = pytest.mark.django_db
LEVELS = [["urn:there:mfa", "2"], ["phr", "3"], ["urn:there:pwd", "1"]]


@pytest.fixture
def there(elsewhere: Elsewhere, ada: User) -> UpstreamProvider:
    """The provider, which vouches for levels; Ada has an account there."""
    provider = make_provider(elsewhere, levels=LEVELS, methods="pwd otp hwk mfa")
    UpstreamAccount.objects.create(
        provider=provider, sub=elsewhere.sub, user=ada, connected_at=timezone.now()
    )
    return provider


def sign_in_by(browser: Browser, elsewhere: Elsewhere, **claims: Any) -> SignIn:
    elsewhere.claims = claims
    there_and_back(browser, elsewhere)
    found = current_sign_in(browser.get(ACCOUNT).wsgi_request)
    assert found is not None
    return found


@pytest.mark.spec("OIDC Core", "2")
@pytest.mark.parametrize(
    ("claims", "level", "amr"),
    [
        ({"acr": "urn:there:mfa", "amr": ["pwd", "otp"]}, "2", ("mfa", "otp", "pwd")),
        ({"acr": "phr", "amr": ["hwk"]}, "3", ("hwk", "mfa")),
        ({"acr": "urn:there:pwd", "amr": ["pwd"]}, "1", ("pwd",)),
        # Not in the table, or not of its form: one factor, and nothing is passed on.
        ({"acr": "urn:scopeward:acr:3"}, "1", ()),
        ({"acr": "PHR"}, "1", ()),
        ({"acr": "3"}, "1", ()),
        ({"acr": 3}, "1", ()),
        ({"acr": ["phr"]}, "1", ()),
        ({"acr": {"phr": 1}}, "1", ()),
        ({}, "1", ()),
        # `mfa` follows from the level; members that are not listed are not passed on.
        ({"amr": ["mfa", "pwd"]}, "1", ("pwd",)),
        ({"amr": ["face", "fpt", "swk", "user"]}, "1", ()),
        ({"amr": "otp"}, "1", ()),
        ({"amr": {"otp": True}}, "1", ()),
        ({"amr": [["otp"], 7, None]}, "1", ()),
    ],
    ids=str,
)
def test_acr_and_amr_count_as_the_tables_say(
    browser: Browser,
    elsewhere: Elsewhere,
    there: UpstreamProvider,
    claims: dict[str, Any],
    level: str,
    amr: tuple[str, ...],
) -> None:
    found = sign_in_by(browser, elsewhere, **claims)

    assert (found.acr[-1], found.amr) == (level, amr)


def test_without_tables_everything_is_one_factor_of_no_known_method(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    UpstreamProvider.objects.update(levels=[], methods="")

    found = sign_in_by(browser, elsewhere, acr="phr", amr=["hwk", "pwd"])

    assert (found.acr[-1], found.amr) == ("1", ())


def test_userinfo_says_nothing_of_the_sign_in(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    metadata = {**there.metadata, "userinfo_endpoint": f"{ISSUER}/userinfo"}
    UpstreamProvider.objects.update(metadata=metadata)
    elsewhere.userinfo = {"sub": elsewhere.sub, "acr": "phr", "amr": ["hwk"], "auth_time": 1}

    found = sign_in_by(browser, elsewhere)

    assert (found.acr[-1], found.amr) == ("1", ())


def test_level_there_does_not_replace_the_second_factor_that_somebody_has_here(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider, ada: User
) -> None:
    secret = has_app(ada)
    elsewhere.claims = {"acr": "phr"}

    answer = there_and_back(browser, elsewhere)

    assert answer["Location"].startswith(SECOND)
    assert not is_signed_in(browser)
    browser.post(SECOND, {"code": code_of(secret)})
    assert is_signed_in(browser)


def test_level_of_an_old_sign_in_does_not_count_for_a_young_one(
    browser: Browser, elsewhere: Elsewhere, there: UpstreamProvider
) -> None:
    sign_in_by(browser, elsewhere, acr="phr")
    between = timezone.now()

    found = sign_in_by(browser, elsewhere, acr="urn:there:pwd")

    assert found.acr[-1] == "3"
    assert found.acr_since(between)[-1] == "1"
