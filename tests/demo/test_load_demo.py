"""`manage.py load_demo`: the same people every time, never where it matters."""

import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from warehouse.catalogue import CONFIDENTIAL, RESTRICTED, TABLES

from claims import subject
from claims.catalogue.models import DataOwner, Level, SensitivityLabel
from claims.catalogue.scopes import all_scopes
from claims.names.standard import CLAIMS, COLUMNS, make
from consent.approvals.models import ApprovalRule, Approvers
from console.demo.data import QUERY, warehouse_policies
from console.demo.load import POLICIES, load_demo
from console.demo.people import PASSWORD, PEOPLE
from foundation.base import conf
from foundation.base.secrets import PepperedSecretHasher
from foundation.directory.models import Client, User
from policy.models import PolicySet
from policy.selectors import policy_for
from policy.services import ActivationError, activate, draft

pytestmark = pytest.mark.django_db
CLEARANCES = ("public", "internal", "confidential", "secret")
ORIGINS = {"query_desk": "http://localhost:8001", "warehouse": "http://localhost:8002"}


@pytest.fixture(autouse=True)
def _quick_passwords(quick_passwords: None) -> None:
    """Every load digests a password for each person."""


def load(**changes: str) -> dict[str, str]:
    return load_demo(conf.current(), **(ORIGINS | changes))


@pytest.mark.parametrize("username", [person.username for person in PEOPLE])
def test_everybody_has_every_standard_claim(username):
    load()

    person = User.objects.values(*COLUMNS).get(username=username)
    assert all(make(person, claim) is not None for claim in CLAIMS)


def test_everybody_signs_in_with_the_password_that_is_printed():
    load()

    for person in User.objects.all():
        assert person.check_password(PASSWORD)
        assert EmailAddress.objects.get(user=person).verified
    assert User.objects.get(is_superuser=True).username == "admin"


def test_people_differ_in_what_decides_access():
    load()

    recorded = {
        person.username: subject.load(person.pk).attributes for person in User.objects.all()
    }
    assert recorded["ada"] == {
        "roles": ("analyst",),
        "department": "finance",
        "projects": ("atlas",),
        "clearance": "confidential",
    }
    assert recorded["linus"] == {
        "roles": ("engineer",),
        "department": "engineering",
        "projects": ("borealis", "cirrus"),
        "clearance": "internal",
    }
    assert "data-owner" in recorded["grace"]["roles"]


def test_loading_again_changes_no_person_and_rotates_the_secrets():
    first = load()
    User.objects.filter(username="ada").update(nickname="Changed")
    people = set(User.objects.values_list("pk", flat=True))

    second = load()

    assert set(User.objects.values_list("pk", flat=True)) == people
    assert User.objects.get(username="ada").nickname == "Changed"
    for client_id, secret in second.items():
        stored = Client.objects.get(client_id=client_id).client_secret
        assert PepperedSecretHasher().verify(secret, stored)
        assert not PepperedSecretHasher().verify(first[client_id], stored)


def test_applications_of_the_demo_are_marked_as_checked():
    load()

    assert set(Client.objects.values_list("is_verified", flat=True)) == {True}


def test_applications_follow_their_ports():
    load()
    load(query_desk="http://localhost:9001", warehouse="http://localhost:9002")

    desk, warehouse = (Client.objects.get(client_id=name) for name in ("query-desk", "warehouse"))
    assert desk.redirect_uris == "http://localhost:9001/callback"
    assert desk.resources == ["http://localhost:9002"]
    assert warehouse.resource_server == "http://localhost:9002"
    assert desk.scopes == {entry.name for entry in all_scopes().values() if entry.is_for_people}


@pytest.mark.parametrize(
    "changes",
    [
        {"production": True},
        {"issuer": "https://op.example"},
        {"issuer": "http://localhost.op.example:8000"},
        {"issuer": "http://192.0.2.1:8000"},
        {"issuer": "http://localhost@op.example"},
    ],
)
def test_where_others_could_reach_it_nothing_is_loaded(changes: dict[str, Any]):
    with pytest.raises(ImproperlyConfigured):
        load_demo(replace(conf.current(), **changes), **ORIGINS)

    assert not User.objects.exists()
    assert not Client.objects.exists()


def test_the_warehouse_is_protected_by_rules_owners_and_words():
    load()
    load()

    assert all_scopes()["warehouse:hr"].resource_server == ORIGINS["warehouse"]
    rules = {rule.pattern: rule.who for rule in ApprovalRule.objects.all()}
    assert rules["hr.employees.salary"] == Approvers.REQUESTER
    assert rules["finance.payments.card_number"] == Approvers.OWNER
    (owner,) = DataOwner.objects.filter(pattern="finance.payments.card_number")
    assert owner.person.username == "grace"
    assert SensitivityLabel.objects.get(pattern="hr.employees.salary").level == Level.CONFIDENTIAL
    desk = Client.objects.get(client_id="query-desk")
    assert desk.authorization_details_types == [QUERY]


def test_every_sensitive_column_of_the_warehouse_is_protected():
    load()

    labels = {label.pattern: label.level for label in SensitivityLabel.objects.all()}
    levels = {CONFIDENTIAL: Level.CONFIDENTIAL, RESTRICTED: Level.SECRET}
    assert labels == {
        f"{table}.{column}": levels[kept]
        for table, columns in TABLES.items()
        for column, (_type, kept) in columns.items()
        if kept in levels
    }


def test_rules_that_were_changed_stay_and_follow_the_warehouse():
    load()
    ApprovalRule.objects.filter(pattern="hr.employees.salary").update(needed=2)

    load(warehouse="http://localhost:9002")

    rule = ApprovalRule.objects.get(pattern="hr.employees.salary")
    assert (rule.needed, rule.resource_server) == (2, "http://localhost:9002")
    assert all_scopes()["warehouse:hr"].resource_server == "http://localhost:9002"


def test_the_warehouse_has_its_policies_in_force():
    load()

    policy = policy_for(ORIGINS["warehouse"])
    assert policy is not None
    assert policy.document.policies == warehouse_policies().text()
    levels = {label.pattern: label.sensitivity for label in policy.document.labels}
    assert levels["hr.employees.salary"] == 2
    assert levels["finance.payments.card_number"] == 3
    grace = User.objects.get(username="grace")
    (card,) = [label for label in policy.document.labels if label.pattern.endswith("card_number")]
    assert card.owners == (str(grace.pk),)


def test_the_warehouse_has_test_cases_about_everybody_and_loading_again_doubles_none():
    load()
    load()

    titles = PolicySet.objects.get(title=POLICIES).cases.values_list("title", flat=True)
    assert {title.partition(":")[0] for title in titles} >= {"Ada", "Grace", "Linus", "Admin"}
    assert len(titles) == len(set(titles)) == len(warehouse_policies().cases)


def test_facts_in_the_test_cases_are_those_that_the_tokens_of_these_people_carry():
    load()

    for case in warehouse_policies().cases:
        asked = case["evaluation"]["subject"]
        if asked["type"] == "user" and "roles" in asked["properties"]:
            facts = dict(subject.load(User.objects.get(username=asked["id"]).pk).attributes)
            level = CLEARANCES.index(str(facts.pop("clearance")))
            told = {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in facts.items()
            }
            assert asked["properties"] == told | {"clearance": level}, case["title"]


def test_a_draft_that_would_unmask_card_numbers_is_not_put_in_force():
    load()
    text = warehouse_policies().text().replace("finance.payments.card_number last4; ", "")

    with pytest.raises(ActivationError):
        activate(draft(PolicySet.objects.get(title=POLICIES), text))


def test_policies_that_were_changed_stay_and_follow_the_warehouse():
    load()
    changed = (
        warehouse_policies().text()
        + '@id("closed") forbid (principal is Client, action, resource);'
    )
    activate(draft(PolicySet.objects.get(title=POLICIES), changed))

    load(warehouse="http://localhost:9002")

    policy = policy_for("http://localhost:9002")
    assert policy is not None
    assert policy.document.policies == changed
    assert policy_for(ORIGINS["warehouse"]) is None
    assert PolicySet.objects.filter(title=POLICIES).count() == 1


def test_the_providers_own_policy_follows_it_to_another_port():
    load()
    load_demo(replace(conf.current(), issuer="http://localhost:9000"), **ORIGINS)

    sets = dict(PolicySet.objects.values_list("audience", "title"))
    assert sets == {"http://localhost:9000": "Scopeward", ORIGINS["warehouse"]: POLICIES}


def test_the_command_prints_what_the_launcher_hands_on():
    output = StringIO()
    call_command("load_demo", stdout=output)

    document = json.loads(output.getvalue())
    assert document["issuer"] == conf.current().issuer
    assert set(document["client_secrets"]) == {"query-desk", "warehouse"}
    assert list(document["accounts"]) == ["ada", "grace", "linus", "admin"]
    assert document["password"] == PASSWORD


def test_the_command_says_why_it_refuses(settings):
    settings.SCOPEWARD = replace(conf.current(), issuer="https://op.example")

    with pytest.raises(CommandError, match="only for this machine"):
        call_command("load_demo")
