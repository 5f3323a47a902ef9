"""Every kind of notice: what others write is no subject, no link and nothing unseen; how many."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from consent.approvals.models import Approval, ApprovalState, Approvers, Event, Notice
from consent.approvals.notices.delivery import Office, deliver_mail
from consent.approvals.notices.reaching import ALWAYS, UNASKED, to_be_told
from consent.models import ConsentRequest
from foundation.directory.models import Client, User
from scopeward_guard._base.unseen import is_unseen
from tests.approvals.asking import Asking, make_rule

OFFICE = Office("https://id.example")
EVIL = [
    "Reset at https://evil.example/login",
    "www.evil.example",
    "evil.example",
    "evil\u3002example",
    "evil\uff0eexample",
    "evil\u2024example",
    "help@evil.example",
    "HTTP://EVIL.EXAMPLE",
    "line\r\nSubject: mine\n\nhttps://evil.example",
    "\u3164\u115f\u202e\u200b\u2800\u034fcode",
]
LINK = re.compile(r"https?://\S+|[\w-][.\u3002\uff0e\uff61\u2024][\w-]|\w@\w", re.IGNORECASE)


def write(event: Event, asking: Asking, grace: User, text: str) -> str:
    """Put a notice of this kind into the outbox with the text wherever others may write."""
    Client.objects.filter(pk=asking.client.pk).update(name=text[:255])
    User.objects.filter(pk__in=[asking.user.pk if asking.user else None, grace.pk]).update(
        name=text
    )
    about: dict[str, Any]
    if event == Event.ASKED:
        asked = ConsentRequest.objects.create(
            user=grace, client=asking.client, scopes=["openid"], binding_message=text[:64],
            return_to="/requests/1", expires_at=timezone.now(),
        )  # fmt: skip
        about = {"consent_request": asked}
    else:
        approval = asking.lodge(purpose=text, statement=text)
        Approval.objects.filter(pk=approval.pk).update(
            binding_code=text[:128], justification=text, note=text, reason=text
        )
        about = {"approval": approval}
    Notice.objects.all().delete()
    now = timezone.now()
    Notice.objects.create(
        event=event,
        person=grace,
        state=ApprovalState.PENDING,
        created_at=now,
        next_attempt_at=now,
        **about,
    )
    return OFFICE.base_url


@pytest.mark.parametrize("event", list(Event))
def test_what_others_write_leads_nowhere_and_is_seen(
    asking: Asking, grace: User, event: Event
) -> None:
    make_rule(Approvers.PEOPLE, people=[grace])
    for text in EVIL:
        mail.outbox.clear()
        site = write(event, asking, grace, text)

        assert deliver_mail(OFFICE) == 1
        message = mail.outbox[0]
        assert message.subject == str(event.label)
        ours = [line for line in message.body.splitlines() if line.startswith(site)]
        theirs = "\n".join(line for line in message.body.splitlines() if line not in ours)
        assert len(ours) == 1
        assert not LINK.search(theirs), theirs
        assert not any(map(is_unseen, message.body))


@pytest.mark.parametrize("event", list(Event))
def test_every_notice_but_that_of_an_emergency_has_a_budget(
    asking: Asking, grace: User, event: Event, settings: Any
) -> None:
    settings.REACH = replace(settings.REACH, mails_per_person=2)
    make_rule(Approvers.PEOPLE, people=[grace])
    approval = asking.lodge()
    now = timezone.now()
    Notice.objects.create(
        approval=approval, event=Event.WAITING, person=grace, created_at=now, next_attempt_at=now
    )

    told = to_be_told(event, {grace.pk}, client=asking.client.pk, requester=approval.requester_id)

    assert told == ({grace.pk} if event in ALWAYS else set())
    assert set(Event) >= ALWAYS | UNASKED


def test_ten_unanswered_of_one_application_are_mailed_and_the_rest_is_in_the_inbox(
    asking: Asking, grace: User
) -> None:
    make_rule(Approvers.PEOPLE, people=[grace])

    for number in range(12):
        asking.lodge(statement=f"SELECT {number}")

    assert Notice.objects.filter(person=grace).count() == 10
    assert Approval.objects.filter(state=ApprovalState.PENDING).count() == 12
