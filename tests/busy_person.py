"""Somebody who has used the provider for a year: what the pages of a person have to show then."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from consent.approvals.models import Approval, Approvers
from consent.models import DecisionOutcome, Grant, ScopeDecision
from foundation.directory.models import Client, User
from foundation.journal.acts import Actor, Entry, Kind, link, record
from foundation.journal.context import DecisionContext
from tests.approvals.asking import Asking, let_ask, make_rule, make_someone
from tests.factories import SCOPES, WAREHOUSE, make_client, make_person, make_scope
from tests.relying_party import RelyingParty

APPLICATIONS, REFUSED, APPROVALS, ACTS, BROWSERS = 8, 10, 20, 200, 5
HELD = ("openid", "profile", "email", "roles", "department")
MORE = "warehouse.read warehouse.write"
SEEN = DecisionContext(locale="en", address="192.0.2.7", user_agent="Browser")


@dataclass(frozen=True)
class BusyPerson:
    """One person, signed in, in front of a consent screen with twelve scopes."""

    person: User
    browser: Browser
    consent: str
    """The address of the consent screen."""
    approval: str
    """That of a request which waits for the person's answer."""

    @property
    def pages(self) -> dict[str, str]:
        """The address of each page that a person has, by the name of the page."""
        listed = {
            "my access": "consent:access",
            "inbox": "consent:approvals",
            "history": "consent:history",
            "refusals": "consent:refusals",
            "sessions": "usersessions_list",
            "sign-ins": "sign_ins",
            "account": "account",
        }
        return {
            "consent": self.consent,
            "approval": self.approval,
            **{name: reverse(route) for name, route in listed.items()},
        }


def make_busy_person() -> BusyPerson:
    """Make eight applications with fifty decisions, twenty approvals, two hundred acts."""
    person = make_person()
    for name in MORE.split():
        make_scope(name=name, resource_server=WAREHOUSE)
    applications = [
        make_client(client_name=f"Application {number}", client_uri="https://desk.example.com")[0]
        for number in range(APPLICATIONS)
    ]
    for application in applications:
        _let_in(person, application)
    _make_acts(person, applications)
    waiting = _make_approvals(person, applications)
    for number in range(BROWSERS):
        UserSession.objects.create(
            user=person, ip="192.0.2.1", session_key=f"session-{number}", user_agent="Browser"
        )
    asking, secret = make_client(client_name="Reports", scope=f"{SCOPES} {MORE}")
    party = RelyingParty(asking, secret)
    party.sign_in(person)
    consent = party.follow(party.authorize()).request["PATH_INFO"]
    return BusyPerson(person, party.browser, consent, waiting.get_absolute_url())


def _let_in(person: User, application: Client) -> None:
    """Allow five scopes, refuse one or two."""
    now = timezone.now()
    grant = Grant.objects.create(
        user=person, client=application, scopes={**dict.fromkeys(HELD), "phone": 2_000_000_000}
    )
    allowed = dict.fromkeys((*HELD[1:], "phone"), DecisionOutcome.GRANTED)
    ScopeDecision.objects.bulk_create(
        ScopeDecision(
            user=person,
            client=application,
            grant=grant,
            scope=scope,
            outcome=outcome,
            decided_at=now,
        )
        for scope, outcome in {**allowed, "address": DecisionOutcome.DENIED}.items()
    )


def _make_acts(person: User, applications: list[Client]) -> None:
    now = timezone.now()
    record(
        Entry(
            kind=Kind.GRANTED if number % 2 else Kind.DENIED,
            actor=Actor.PERSON,
            person=person.pk,
            client=applications[number % APPLICATIONS].pk,
            scope=HELD[number % len(HELD)],
            at=now - timedelta(hours=number),
        )
        for number in range(ACTS)
    )
    link()


def _make_approvals(person: User, applications: list[Client]) -> Approval:
    """Let others ask for what the person has to agree to; return one of those requests."""
    grace = make_someone("grace", name="Grace Hopper")
    make_rule(Approvers.PEOPLE, people=[person])
    asked = [
        Asking(let_ask(applications[number % APPLICATIONS]), grace).lodge(f"hr.employees.c{number}")
        for number in range(APPROVALS)
    ]
    return asked[0]
