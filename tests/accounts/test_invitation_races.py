"""One invitation, used twice at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core import mail
from django.db import connections
from django.test import Client as Browser
from django.utils import timezone

from foundation.directory.models import Invitation, User
from foundation.journal.acts import Actor
from foundation.journal.context import DecisionContext
from foundation.journal.models import Act, Kind
from idp.accounts.invitations import services

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
AT_ONCE = 4


def test_of_many_who_use_an_invitation_at_once_one_gets_in(provider: None) -> None:
    person = User.objects.create(username="linus", email="linus@example.org", password="!")
    context = DecisionContext(locale="en", actor=Actor.ADMINISTRATOR)
    services.invite(person, context, timezone.now())
    link = re.search(r"(/accounts/invitation/\S+)", str(mail.outbox[-1].body))
    assert link
    barrier = Barrier(AT_ONCE)

    def accept(number: int) -> int:
        password = f"correct horse {number}"
        barrier.wait()
        try:
            answer = Browser().post(link[1], {"password1": password, "password2": password})
            return int(answer.status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(accept, range(AT_ONCE)))

    assert sorted(statuses) == [302] + [410] * (AT_ONCE - 1)
    person.refresh_from_db()
    assert person.check_password(f"correct horse {statuses.index(302)}")
    assert Act.objects.filter(kind=Kind.INVITATION_USED).count() == 1
    assert Invitation.objects.get().used_at
