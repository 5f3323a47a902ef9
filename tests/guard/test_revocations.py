"""The deny-list: what it ends, and what happens while it cannot be had."""

import os
from typing import Any

import httpx
import pytest

from scopeward_guard._base.errors import BadTokenError, MalformedError, UnavailableError
from scopeward_guard._provider.settings import WhenStale
from scopeward_guard._provider.transport import Provider
from scopeward_guard._tokens.deny_list import parse_deny_list
from scopeward_guard._tokens.principal import Expectation, Principal, principal_from
from scopeward_guard._tokens.revocations import Revocations, fetching
from tests.guard.conftest import MakeGuard, bearing, refusal
from tests.guard.provider import ISSUER, NOW, QUERY, RESOURCE, FakeProvider

FAMILY = "0123456789abcdef0123456789abcdef"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def principal(provider: FakeProvider, **changes: Any) -> Principal:
    expected = Expectation(issuer=ISSUER, audience=RESOURCE)
    return principal_from(provider.claims(**changes), expected, now=NOW)


def edition(**changes: Any) -> dict[str, Any]:
    return {"revision": "1", "generated_at": 1, "max_age": 5, "grants": [], "tokens": [],
            "families": [], **changes}  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"grants": [{"grant_id": "grant-1", "scopes": None, "before": NOW}]},
        {"grants": [{"grant_id": "grant-1", "scopes": None, "before": int(NOW) + 9}]},
        {"grants": [{"grant_id": "grant-1", "scopes": ["profile"], "before": NOW}]},
        {"grants": [{"grant_id": "grant-1", "scopes": ["other"], "before": NOW},
                    {"grant_id": "grant-1", "scopes": ["payments:read"], "before": NOW}]},
        {"tokens": [{"jti": f"{FAMILY}.a1b2"}]},
        {"families": [FAMILY]},
    ],
    ids=str,
)  # fmt: skip
def test_listed_token_is_refused(changes: dict[str, Any], provider: FakeProvider) -> None:
    assert parse_deny_list(edition(**changes)).names(principal(provider))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"grants": [{"grant_id": "grant-2", "scopes": None, "before": NOW}]},
        {"grants": [{"grant_id": "grant-1", "scopes": None, "before": NOW - 1}]},
        {"grants": [{"grant_id": "grant-1", "scopes": ["payments:write"], "before": NOW}]},
        {"grants": [{"grant_id": "grant-1", "scopes": [], "before": NOW}]},
        {"tokens": [{"jti": f"{FAMILY}.a1b"}]},
        {"families": [FAMILY[:-1]]},
    ],
    ids=str,
)
def test_other_tokens_go_on(changes: dict[str, Any], provider: FakeProvider) -> None:
    assert not parse_deny_list(edition(**changes)).names(principal(provider))


def test_clients_own_token_has_no_family(provider: FakeProvider) -> None:
    own = principal(provider, jti=FAMILY, grant_id=None)

    assert not parse_deny_list(edition(families=[FAMILY])).names(own)


@pytest.mark.parametrize(
    "body",
    [
        {},
        edition(grants=None),
        edition(grants={"grant-1": 1}),
        edition(grants=["grant-1"]),
        edition(grants=[{"grant_id": "g", "before": 1}]),
        edition(grants=[{"grant_id": "g", "scopes": "profile", "before": 1}]),
        edition(grants=[{"grant_id": "g", "scopes": None, "before": "1"}]),
        edition(grants=[{"grant_id": "", "scopes": None, "before": 1}]),
        edition(tokens=["jti"]),
        edition(tokens=[{"jti": 1}]),
        edition(families="abc"),
        edition(families=[None]),
        edition(max_age=None),
        edition(max_age=-1),
        edition(max_age=True),
    ],
    ids=str,
)
def test_half_a_list_is_none(body: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        parse_deny_list(body)


class Polled:
    """A deny-list whose provider and clock the test holds; nothing runs in the background."""

    def __init__(self, **settings: Any) -> None:
        self.clock, self.is_down, self.body = Clock(), False, edition()
        self.revocations = Revocations(self.fetch, clock=self.clock, **settings)
        self.revocations._polling._polled_by = os.getpid()

    def fetch(self) -> Any:
        if self.is_down:
            raise UnavailableError
        return parse_deny_list(self.body)


SENSITIVE = [{"type": QUERY}]


@pytest.mark.parametrize(
    ("when_stale", "changes", "is_refused"),
    [
        (WhenStale.DENY_SENSITIVE, {}, False),
        (WhenStale.DENY_SENSITIVE, {"authorization_details": SENSITIVE}, True),
        (WhenStale.DENY_SENSITIVE, {"scope": "payments:write"}, True),
        (WhenStale.DENY, {}, True),
        (WhenStale.ALLOW, {"authorization_details": SENSITIVE}, False),
    ],
)
@pytest.mark.parametrize("was_known", [True, False])
def test_old_list_refuses_what_the_setting_says(
    when_stale: WhenStale, changes: dict[str, Any], is_refused: bool, was_known: bool,
    provider: FakeProvider,
) -> None:  # fmt: skip
    polled = Polled(when_stale=when_stale, fresh_scopes=frozenset({"payments:write"}))
    if was_known:
        polled.revocations.poll()
    polled.is_down, polled.clock.now = True, 5.1
    polled.revocations.poll()

    if is_refused:
        with pytest.raises(UnavailableError):
            polled.revocations.check(principal(provider, **changes))
    else:
        polled.revocations.check(principal(provider, **changes))


@pytest.mark.parametrize("when_stale", list(WhenStale))
def test_old_list_still_refuses_what_it_names(
    when_stale: WhenStale, provider: FakeProvider
) -> None:
    polled = Polled(when_stale=when_stale)
    polled.body = edition(families=[FAMILY])
    polled.revocations.poll()
    polled.clock.now = 1000

    with pytest.raises(BadTokenError):
        polled.revocations.check(principal(provider))


def test_list_that_cannot_be_read_does_not_replace_the_last(provider: FakeProvider) -> None:
    polled = Polled()
    polled.body = edition(families=[FAMILY])
    polled.revocations.poll()
    polled.body = edition(families="")
    polled.revocations.poll()

    with pytest.raises(BadTokenError):
        polled.revocations.check(principal(provider))


def test_first_check_waits_for_the_list(make_guard: MakeGuard, provider: FakeProvider) -> None:
    provider.revoked["families"] = [FAMILY]
    guard = make_guard(revocations=True, revocations_interval=3600)

    assert refusal(lambda: guard.authenticate(bearing(provider.token()))) == (
        401,
        "invalid_token",
    )
    assert provider.asked["/revocations"] == 1


def test_polling_goes_on_in_the_background(make_guard: MakeGuard, provider: FakeProvider) -> None:
    guard = make_guard(revocations=True, revocations_interval=0.001)
    assert guard.revocations is not None
    guard.authenticate(bearing(provider.token()))

    provider.revoked["families"] = [FAMILY]
    seen = provider.asked["/revocations"]
    while provider.asked["/revocations"] < seen + 2:
        os.sched_yield()

    assert refusal(lambda: guard.authenticate(bearing(provider.token())))[0] == 401


def test_polling_starts_anew_in_a_forked_process(
    make_guard: MakeGuard, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard = make_guard(revocations=True, revocations_interval=3600)
    guard.authenticate(bearing(provider.token()))
    monkeypatch.setattr(os, "getpid", lambda: -1)

    guard.authenticate(bearing(provider.token()))

    assert provider.asked["/revocations"] == 2


@pytest.mark.spec("RFC 9110", "13.1.2")
def test_known_edition_is_not_sent_again(make_guard: MakeGuard) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        if request.headers.get("If-None-Match") == '"1"':
            return httpx.Response(304)
        return httpx.Response(200, json=edition(families=[FAMILY]), headers={"ETag": '"1"'})

    http = httpx.Client(transport=httpx.MockTransport(answer))
    fetch = fetching(Provider(make_guard().settings, http))

    assert fetch() is fetch()
    assert sent[1].headers["Authorization"].startswith("Basic ")


def test_unmodified_without_a_known_edition_is_no_list(make_guard: MakeGuard) -> None:
    http = httpx.Client(transport=httpx.MockTransport(lambda _request: httpx.Response(304)))

    with pytest.raises(UnavailableError):
        fetching(Provider(make_guard().settings, http))()
