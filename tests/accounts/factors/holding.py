"""People who hold factors, and browsers that use them."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.factors import registering, totp
from foundation.directory.models import User
from tests.authenticator import ORIGIN, SoftwarePasskey
from tests.people import PASSWORD

LOGIN = "/accounts/login/"
SECOND = "/accounts/login/second/"
BY_PASSKEY = "/accounts/login/passkey/"
CONFIRM = "/accounts/reauthenticate/"
ACCOUNT = "/accounts/"


def code_of(secret: str, at: datetime | None = None, *, step: int = 0) -> str:
    """Return what an authenticator app shows, some steps from now."""
    now = int((at or timezone.now()).timestamp()) // totp.PERIOD
    return format_hotp_value(hotp_value(secret, now + step))


def has_app(person: User) -> str:
    """Give somebody an authenticator app whose codes were used long ago; return its secret."""
    secret = totp.new_secret()
    long_ago = timezone.now() - timedelta(hours=1)
    assert totp.enrol(person, secret, code_of(secret, long_ago), long_ago)
    return secret


def has_passkey(person: User, *, origin: str = ORIGIN, **kind: Any) -> SoftwarePasskey:
    """Give somebody a passkey."""
    key, now = SoftwarePasskey(**kind), timezone.now()
    options = registering.options_to_register(person, "test", now)
    answer = key.create(options, origin=origin)
    registering.register(person, answer, "Phone", purpose="test", now=now)
    return key


def options_on(page: HttpResponse) -> dict[str, Any]:
    """Return what a page asks passkeys for."""
    found = re.search(r'<script type="application/json">(.*?)</script>', page.content.decode())
    assert found, "the page asks for no passkey"
    options: dict[str, Any] = json.loads(found[1])
    return options


def with_password(browser: Browser, name: str = "ada") -> HttpResponse:
    """Send name and password."""
    response: HttpResponse = browser.post(LOGIN, {"login": name, "password": PASSWORD})
    return response


def is_signed_in(browser: Browser) -> bool:
    return "_auth_user_id" in browser.session
