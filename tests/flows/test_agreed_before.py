"""Whether a grant stood or the screen was answered makes no difference to what tokens say."""

from typing import Any

import pytest

from consent.models import Decision, Grant, Outcome
from foundation.directory.models import User
from tests.jwt import payload_of
from tests.relying_party import RelyingParty

OF_THE_MOMENT = {"jti", "sid", "sub", "grant_id", "exp", "iat", "nbf", "auth_time", "at_hash"}


def said(tokens: dict[str, Any]) -> list[Any]:
    """Return what tokens say of the person and what they are good for."""
    payloads = [payload_of(tokens[name]) for name in ("access_token", "id_token")]
    return [
        {name: value for name, value in payload.items() if name not in OF_THE_MOMENT}
        for payload in payloads
    ] + [tokens["scope"], tokens.keys()]


def decisions() -> dict[str, str]:
    """Return what was decided; `openid` is asked of nobody."""
    rows = Decision.objects.exclude(scope="openid")
    return dict(rows.values_list("scope", "outcome"))


def test_tokens_say_the_same_as_after_the_screen(
    rp: RelyingParty, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = rp.obtain_tokens(person)
    decided = decisions()
    granted = set(Grant.objects.get().scopes)
    Decision.objects.all().delete()
    Grant.objects.all().delete()
    monkeypatch.setattr(RelyingParty, "agreed_before", True)

    spared = rp.obtain_tokens(person)

    assert said(spared) == said(asked)
    assert set(Grant.objects.get().scopes) == granted
    assert decisions() == decided
    assert set(decided.values()) == {Outcome.GRANTED}
