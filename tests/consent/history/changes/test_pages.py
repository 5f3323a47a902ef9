"""What people and administrators change on pages is theirs, with the address they were at."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from consent.approvals.deciders import standing_in
from foundation.directory.models import User
from foundation.journal.acts import acts_about, record_changes
from foundation.journal.changes.acting import author_at_work
from foundation.journal.context import DecisionContext
from tests.admin.conftest import browser_of
from tests.admin.forms import submit
from tests.approvals.asking import make_someone
from tests.people import PASSWORD, make_ada, sign_in

NEW = "correct-horse-battery-41"
pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def administrator(provider: None) -> User:
    user = make_someone("root")
    user.is_staff = user.is_superuser = True
    user.save()
    return user


def test_rights_that_an_administrator_gives_are_theirs(administrator: User, person: User) -> None:
    client = browser_of(administrator)
    group = Group.objects.create(name="auditors")
    page = reverse("admin:directory_user_change", args=[person.pk])
    record_changes()
    start = timezone.now()

    answer = submit(client, page, is_staff="on", member_of=[str(group.pk)])
    assert answer.status_code == 302
    record_changes()

    acts = acts_about(person).filter(at__gte=start)
    by = {(act.actor, act.personal.actor_id, act.personal.address) for act in acts}
    assert by == {("administrator", str(administrator.pk), "127.0.0.1")}
    changes = [act.detail["changes"] for act in acts]
    assert {"is_staff": [False, True]} in changes
    assert {"group": [None, group.pk]} in changes
    assert author_at_work().actor == "system"


def test_what_people_change_of_themselves_is_by_them(provider: None) -> None:
    ada = make_ada()
    client = sign_in(Browser(), "ada")
    record_changes()
    start = timezone.now()

    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )
    assert answer.status_code == 302
    record_changes()

    (act,) = acts_about(ada).filter(at__gte=start)
    assert (act.actor, act.detail["secrets"]) == ("person", ["password"])
    assert act.personal.address == "127.0.0.1"


def test_standing_in_is_by_whoever_arranges_it(person: User) -> None:
    grace, now = make_someone("grace"), timezone.now()
    context = DecisionContext(address="192.0.2.9")
    arranged = standing_in.delegate(grace.pk, person.pk, now, now + timedelta(days=1), context)
    standing_in.take_back(grace.pk, arranged.pk, context)
    record_changes()

    acts = acts_about(arranged)
    assert [act.kind for act in acts] == ["changed", "created"]
    assert {(act.actor, act.personal.address) for act in acts} == {("person", "192.0.2.9")}
    assert {act.personal.person_id for act in acts} == {grace.pk}
    assert {act.personal.other_id for act in acts} == {str(person.pk)}
