"""For a day the yes of somebody does not count whose password or address another has set."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from consent.approvals.deciders.handed_over import PAUSE
from consent.approvals.errors import HandedOverError
from consent.approvals.models import (
    Approval,
    ApprovalState,
    Approvers,
    Delegation,
    Vote,
    VoteOutcome,
)
from foundation.directory.models import User
from foundation.journal.context import BY_THE_SYSTEM
from foundation.journal.models import Act, Kind
from idp.accounts.by_others import Credential, note_set_by_another
from tests.approvals.asking import Asking, make_rule, make_someone, say, state_of
from tests.approvals.test_pages import answer, at, shown_at, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
AN_HOUR = timedelta(hours=1)


def take_over(person: User, *, ago: timedelta = timedelta(0)) -> None:
    """Let somebody else have set the person's address."""
    note_set_by_another(person, Credential.ADDRESS, BY_THE_SYSTEM)
    User.objects.filter(pk=person.pk).update(sign_in_set_by_others_at=timezone.now() - ago)
    person.refresh_from_db()


@pytest.fixture
def grace() -> User:
    return make_someone("grace", name="Grace Hopper")


@pytest.fixture
def by_grace(asking: Asking, grace: User) -> Approval:
    make_rule(Approvers.PEOPLE, people=[grace], title="Grace decides")
    return asking.lodge()


@pytest.mark.parametrize("what", Credential)
def test_yes_does_not_count(by_grace: Approval, grace: User, what: Credential) -> None:
    note_set_by_another(grace, what, BY_THE_SYSTEM)

    with pytest.raises(HandedOverError):
        say(by_grace, grace)

    assert state_of(by_grace) == ApprovalState.PENDING
    assert not Vote.objects.exists()


def test_no_counts(by_grace: Approval, grace: User) -> None:
    take_over(grace)

    assert say(by_grace, grace, VoteOutcome.DENY) == ApprovalState.DENIED


@pytest.mark.parametrize(("ago", "counts"), [(PAUSE - AN_HOUR, False), (PAUSE, True)])
def test_yes_counts_again_after_a_day(
    by_grace: Approval, grace: User, ago: timedelta, counts: bool
) -> None:
    take_over(grace, ago=ago)

    if counts:
        assert say(by_grace, grace) == ApprovalState.APPROVED
    else:
        with pytest.raises(HandedOverError):
            say(by_grace, grace)


def test_yes_of_before_goes_on(asking: Asking, grace: User) -> None:
    other = make_someone("dora")
    make_rule(Approvers.PEOPLE, people=[grace], title="Grace")
    make_rule(Approvers.PEOPLE, people=[other], title="Dora")
    approval = asking.lodge()
    say(approval, grace)

    take_over(grace)

    assert say(approval, other) == ApprovalState.APPROVED


def test_nobody_votes_on_behalf_of_them(by_grace: Approval, grace: User) -> None:
    present, now = make_someone("dora"), timezone.now()
    Delegation.objects.create(
        from_person=grace, to_person=present, starts_at=now - AN_HOUR, ends_at=now + AN_HOUR
    )
    take_over(grace)

    with pytest.raises(HandedOverError):
        say(by_grace, present)


def test_they_let_nobody_stand_in(grace: User) -> None:
    make_someone("dora")
    take_over(grace)
    today = timezone.localdate()

    page = signed_in(grace).post(
        "/approvals/delegations/",
        {"person": "dora", "starts": today, "ends": today + timedelta(days=9)},
    )

    assert page.status_code == 400
    assert "Wait a day" in page.content.decode()
    assert not Delegation.objects.exists()


def test_page_says_so_and_offers_no_yes(by_grace: Approval, grace: User) -> None:
    browser = signed_in(grace)
    shown = shown_at(browser, at(by_grace))
    take_over(grace)

    page = browser.get(at(by_grace)).content.decode()
    refused = browser.post(at(by_grace), {"outcome": "approve", "shown": shown})

    assert "Your yes does not count yet" in page
    assert "Approve once" not in page
    assert refused.status_code == 403
    assert state_of(by_grace) == ApprovalState.PENDING
    answer(browser, by_grace, "deny")
    assert state_of(by_grace) == ApprovalState.DENIED


def test_command_line_is_somebody_else_too(
    grace: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: "another-good-password")

    with django_capture_on_commit_callbacks(execute=True):
        call_command("changepassword", "grace")

    grace.refresh_from_db()
    assert grace.sign_in_set_by_others_at is not None
    assert Act.objects.get(kind=Kind.CREDENTIAL_SET).detail == {"what": "password"}
    assert [message.to for message in mail.outbox] == [[grace.email]]


def test_person_reads_it_in_the_history(grace: User) -> None:
    take_over(grace)
    browser = signed_in(grace)

    page = browser.get("/account/history/").content.decode()

    assert "An administrator changed your e-mail address." in page
