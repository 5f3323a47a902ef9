"""The states of the consent screen, each as a person meets it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import time_machine
from allauth.account.models import EmailAddress
from django.utils import timezone

from claims.catalogue.models import Scope
from consent.answering.services import ProgramAsking
from consent.models import ConsentRequest, Grant, ScopeDecision
from foundation.directory.models import Client, User
from tests.consent.asking import Asking, change_scope

WAREHOUSE = "https://warehouse.example"
LOST = "ada@former-employer.example"
USUAL = ("openid", "profile", "email", "offline_access", "table00")


def _open(asking: Asking, *scopes: str, **values: Any) -> ConsentRequest:
    page = {"sign_in": None, "return_to": "/accounts/", "redirect_origin": ""}
    return asking.open(*scopes, **{**page, **values})


def _asking(ada: User, **client: Any) -> Asking:
    return Asking(ada, Client.objects.create(name="Query Desk", **{"is_verified": True, **client}))


def first(ada: User) -> ConsentRequest:
    """Nothing is known of any scope."""
    return _open(_asking(ada), *USUAL)


def difference(ada: User) -> ConsentRequest:
    """Some was allowed before, for a month, and one scope more is asked for."""
    asking = _asking(ada)
    asking.allow(["profile", "email"], ["profile", "email"], lifetime=30 * 24 * 3600)
    return _open(asking, "openid", "profile", "email", "table00")


def expired(ada: User) -> ConsentRequest:
    """One scope was allowed for a time that is over; the other goes on."""
    asking = _asking(ada)
    with time_machine.travel(timezone.now() - timedelta(days=2), tick=False):
        asking.allow(["profile"], ["profile"])
        asking.answer(_open(asking, "openid", "profile", "table00"), "table00", lifetime=3600)
    return _open(asking, "openid", "profile", "table00")


def denied(ada: User) -> ConsentRequest:
    """A no of before is opened again by `prompt=consent`: it has no tick."""
    asking = _asking(ada)
    asking.allow(["profile", "email"], ["profile"])
    return _open(asking, "openid", "profile", "email", reopened=True)


def long(ada: User) -> ConsentRequest:
    """More than ten scopes."""
    return _open(_asking(ada), *USUAL, *(f"table{number:02}" for number in range(1, 12)))


def agent(ada: User) -> ConsentRequest:
    """A program that acts by itself: nothing is ticked in advance."""
    return _open(_asking(ada, is_agent=True), *USUAL)


def changed(ada: User) -> ConsentRequest:
    """What `change` does to it while the page is open makes the page come again."""
    return _open(_asking(ada), *USUAL)


def change() -> None:
    """Let a scope mean something else."""
    change_scope("table00", sentence="Read and change table 0.", text_version=2)


def details(ada: User) -> ConsentRequest:
    """One claim inside a scope is essential."""
    essential = {"userinfo": {"name": {"essential": True}}}
    return _open(_asking(ada), *USUAL, requested_claims=essential)


def choices(ada: User) -> ConsentRequest:
    """A second address, a scope with a value, and one that needs a stronger sign-in."""
    return _open(_asking(ada), *USUAL, *_make_choices(ada))


def gone(ada: User) -> ConsentRequest:
    """The address that was chosen is no longer a verified one."""
    asking = _asking(ada)
    grant = Grant.objects.create(
        user=ada, client=asking.client, scopes={"openid": None, "email": None}, shared_email=LOST
    )
    ScopeDecision.objects.create(
        user=ada, client=asking.client, grant=grant, scope="email", outcome="granted",
        decided_at=timezone.now(), shared_email=LOST,
    )  # fmt: skip
    return _open(asking, *USUAL, *_make_choices(ada))


def remote(ada: User) -> ConsentRequest:
    """A program without a browser asks (CIBA); the code says which of its requests this is."""
    program = ProgramAsking("W4SCT", "192.0.2.7")
    return _open(_asking(ada), *USUAL, program=program)


def _make_choices(ada: User) -> list[str]:
    EmailAddress.objects.create(user=ada, email="ada@analytical-engines.example", verified=True)
    card = {"card": "access", "resource_server": WAREHOUSE}
    Scope(name="report:{id}", title="Report {id}", sentence="Read report {id}.", **card).save()
    Scope(
        name="salaries", title="Salaries", sentence="Read what people earn.",
        minimum_acr="urn:scopeward:acr:2", **card,
    ).save()  # fmt: skip
    return ["report:2026-q3", "salaries"]


STATES: Mapping[str, Callable[[User], ConsentRequest]] = MappingProxyType(
    {
        state.__name__: state
        for state in (
            first,
            difference,
            expired,
            denied,
            long,
            agent,
            changed,
            details,
            choices,
            gone,
            remote,
        )
    }
)
