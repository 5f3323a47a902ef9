"""What was done to an object, and what was changed since a moment: read from the journal."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone, translation

from claims.catalogue.models import DataOwner, Scope
from claims.models import Attribute, GroupAttributes, PersonAttributes
from consent.approvals.models import ApprovalRule, Approvers
from foundation.directory.models import Client, User
from foundation.journal.acts import (
    Actor,
    acting_as,
    acts_about,
    changes_since,
    fields_changed,
    link,
    object_of,
    record_changes,
)
from foundation.journal.archive import archive
from foundation.journal.context import DecisionContext
from foundation.journal.erasure import erase_history_of
from foundation.journal.models import Act, PersonalPart
from tests.approvals.asking import make_someone
from tests.consent.history.reading import findings

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SECRET = "pbkdf2_sha256$1$salt$digest"


@pytest.fixture(autouse=True)
def heads(settings: Any, tmp_path: Path) -> None:
    settings.HISTORY_HEADS_DIR = tmp_path / "heads"


@pytest.fixture
def grace(provider: None) -> User:
    return make_someone("grace")


def told(acts: QuerySet[Act]) -> list[tuple[str, str, str, list[str]]]:
    record_changes()
    return [
        (act.kind, object_of(act).kind, object_of(act).label, [str(f) for f in fields_changed(act)])
        for act in acts.exclude(kind="found")
    ]


def test_the_rights_of_a_person_are_told_with_them(grace: User) -> None:
    record_changes()
    start = timezone.now()
    group = Group.objects.create(name="auditors")
    grace.groups.add(group)
    grace.user_permissions.add(Permission.objects.get(codename="view_act"))
    grace.is_staff = True
    grace.save()
    grace.groups.clear()

    assert told(acts_about(grace).filter(at__gte=start)) == [
        ("removed", "Membership", "", ["Group"]),
        ("changed", "Person", "grace", ["Staff status"]),
        ("created", "Person", "", ["Permission"]),
        ("created", "Membership", "", ["Group"]),
    ]
    (act,) = acts_about(grace).filter(kind="changed", at__gte=start)
    assert act.detail["changes"] == {"is_staff": [False, True]}


def test_what_belongs_to_an_object_is_about_it(grace: User) -> None:
    rule = ApprovalRule.objects.create(title="Two of them", who=Approvers.PEOPLE)
    rule.people.add(grace)
    group = Group.objects.create(name="auditors")
    values = GroupAttributes.objects.create(group=group, values={"clearance": "high"})
    group.permissions.add(Permission.objects.get(codename="view_act"))

    assert [act[0] for act in told(acts_about(rule))] == ["created", "created"]
    assert len(told(acts_about(group))) == 3
    (only,) = acts_about(values)
    assert only.detail["changes"]["values"] == [None, '{"clearance": "high"}']


def test_values_of_people_are_in_the_part_that_can_be_erased(grace: User, tmp_path: Path) -> None:
    Attribute.objects.get_or_create(name="clearance", defaults={"title": "Clearance"})
    kept = PersonAttributes.objects.create(person=grace, values={"clearance": "cosmic"})
    kept.values = {"clearance": "none-at-all"}
    kept.save()
    grace.email = "grace.hopper@navy.example"
    grace.save()
    owner = DataOwner.objects.create(resource_server="r", pattern="hr.*", person=grace)
    other = make_someone("linus")
    owner.person = other
    owner.save()
    record_changes()
    link()

    words = ("cosmic", "none-at-all", "grace.hopper@navy.example", str(grace.pk), '"grace"')
    assert not [act for act in Act.objects.all() if any(w in json.dumps(act.detail) for w in words)]
    (latest, *_) = acts_about(kept)
    (values,) = fields_changed(latest)
    assert values.before == '{"clearance": "cosmic"}'
    assert values.after == '{"clearance": "none-at-all"}'

    half = Act.objects.filter(number__isnull=False).order_by("-at")[1]
    file = tmp_path / "old.jsonl"
    archive(half.at, file)
    erase_history_of(grace.pk, archives=[file])
    link()

    left = json.dumps(list(PersonalPart.objects.values_list("changes", "other_id")))
    left += file.with_name("old.jsonl.personal").read_text()
    assert not [word for word in words[:4] if word in left]
    assert findings([file]) == []
    assert [f.is_erased for act in acts_about(owner) for f in fields_changed(act)][:1] == [True]


def test_no_secret_is_in_the_journal(client_of_a_server: Client) -> None:
    client_of_a_server.client_secret = "their new secret"
    client_of_a_server.save()
    record_changes()

    (act,) = acts_about(client_of_a_server).filter(kind="changed")
    (field,) = fields_changed(act)
    assert (field.name, field.is_secret, field.before, field.after) == (
        "client_secret",
        True,
        None,
        None,
    )
    digest = Client.objects.get(pk=client_of_a_server.pk).client_secret
    said = json.dumps(list(Act.objects.values_list("detail", flat=True)))
    assert "their new secret" not in said
    assert digest not in said


@pytest.fixture
def client_of_a_server(provider: None) -> Client:
    return Client.objects.create(
        name="Ledger", redirect_uris="https://l.example/cb", client_secret="their first secret"
    )


def test_what_was_changed_since_by_whom(grace: User) -> None:
    record_changes()
    start = timezone.now()
    by = DecisionContext(actor=Actor.ADMINISTRATOR, actor_id=str(grace.pk))
    with acting_as(by):
        Scope.objects.filter(name="email").update(title="Post")
    with acting_as(DecisionContext(actor=Actor.COMMAND, program="tidy")):
        Scope.objects.filter(name="phone").delete()
    Scope.objects.filter(name="address").update(ticked=False)
    record_changes()

    assert [act.detail["label"] for act in changes_since(start)] == ["address", "phone", "email"]
    assert [act.detail["label"] for act in changes_since(start, by=grace.pk)] == ["email"]
    assert [act.detail["label"] for act in changes_since(start, by="tidy")] == ["phone"]
    assert [act.detail["label"] for act in changes_since(start, by=Actor.SYSTEM)] == ["address"]
    assert not changes_since(start, until=start).exists()
    assert not changes_since(timezone.now() + timedelta(seconds=1)).exists()


def test_titles_are_in_the_language_of_the_reader() -> None:
    Scope.objects.filter(name="email").update(title="Post")
    record_changes()
    act = acts_about(Scope.objects.get(name="email")).first()
    assert act is not None

    with translation.override("de"):
        assert [str(f) for f in fields_changed(act)] == ["Titel"]


def test_long_values_are_kept_as_digests() -> None:
    Scope.objects.filter(name="email").update(translations={"de": {"sentence": "x" * 5000}})
    record_changes()

    act = acts_about(Scope.objects.get(name="email")).first()
    assert act is not None
    assert act.detail["changes"]["translations"][1].startswith("sha256:")


@pytest.mark.parametrize("which", ["about", "about a person", "since"])
def test_reads_go_through_an_index(grace: User, which: str) -> None:
    scope = Scope.objects.get(name="email")
    acts = {
        "about": acts_about(scope),
        "about a person": acts_about(grace),
        "since": changes_since(timezone.now()),
    }[which]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_indexscan = on")

    plan = acts.explain()

    assert "SCAN journal" not in plan
    assert "Seq Scan" not in plan
