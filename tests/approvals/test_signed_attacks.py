"""Signed answers that are not what they are sent as, through the pages of approvals."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.http import HttpResponse
from django.test import Client as Browser
from django.utils import timezone

from consent.approvals.deciders.standing_in import delegate
from consent.approvals.models import Approval, ApprovalState, Approvers, Vote, VoteSignature
from consent.approvals.signing.checking import flaw_of_vote
from consent.approvals.use.ending import cancel
from consent.replay import signatures_checked
from foundation.directory.factors import passkeys
from foundation.directory.models import Client, User
from foundation.journal.models import Act, Actor, Kind
from tests.accounts.factors.holding import options_on
from tests.approvals.asking import CONTEXT, Asking, make_rule, make_someone, state_of
from tests.approvals.signing import SIGNED, Signer, ask_signed, send_signed
from tests.approvals.test_pages import signed_in
from tests.authenticator import SoftwarePasskey
from tests.html_forms import form_with

pytestmark = pytest.mark.django_db


@dataclass
class Tab:
    """One approval that is open in a browser."""

    browser: Browser
    approval: Approval

    def __post_init__(self) -> None:
        self.page = self.browser.get(self.approval.get_absolute_url())
        self.form = form_with(self.page.content.decode(), "shown").data

    def signed(self, key: SoftwarePasskey, **wrong: Any) -> dict[str, Any]:
        """What the form sends after the key was used."""
        answer = json.dumps(key.get(options_on(self.page), **wrong))
        return {**self.form, "outcome": "approve", "answer": answer}

    def send(self, data: dict[str, Any]) -> HttpResponse:
        return self.browser.post(self.approval.get_absolute_url(), data)


@pytest.fixture
def signer(grace: User) -> Signer:
    return Signer.make(grace)


@pytest.fixture
def dora() -> User:
    return make_someone("dora")


def assert_not_counted(response: HttpResponse, approval: Approval) -> None:
    assert response.status_code == 422
    assert "Your yes was not signed" in response.content.decode()
    assert state_of(approval) == ApprovalState.PENDING
    assert not Vote.objects.filter(approval=approval).exists()


def test_two_tabs_are_two_statements(
    client: Client, ada: User, grace: User, signer: Signer
) -> None:
    first, second = ask_signed(client, ada, grace), Asking(client, ada, SIGNED).lodge(max_rows=9)
    browser = signed_in(grace)
    one, other = Tab(browser, first), Tab(browser, second)
    of_first, of_second = one.signed(signer.key), other.signed(signer.key)

    assert other.send(of_first).status_code == 409
    assert_not_counted(other.send({**of_first, "shown": other.form["shown"]}), second)
    assert_not_counted(other.send({**of_second, "at": int(other.form["at"][0]) - 1}), second)
    assert one.send(of_first).status_code == 302
    assert other.send(of_second).status_code == 302
    assert {state_of(first), state_of(second)} == {ApprovalState.APPROVED}


def test_one_answer_sent_again_counts_once(
    client: Client, ada: User, grace: User, signer: Signer, dora: User
) -> None:
    approval = ask_signed(client, ada, grace, dora)
    tab = Tab(signed_in(grace), approval)
    data = tab.signed(signer.key)

    answers = [tab.send(data) for _ in range(3)]
    refused = Tab(signed_in(dora), approval).send(data)

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert "came too late" in tab.browser.get(approval.get_absolute_url()).content.decode()
    assert refused.status_code == 422
    assert [vote.voter_id for vote in Vote.objects.all()] == [grace.pk]
    assert not Authenticator.objects.filter(data__has_key=passkeys.OFF_SINCE).exists()


def test_same_request_in_two_tabs_counts_once(
    client: Client, ada: User, grace: User, signer: Signer, dora: User
) -> None:
    approval, browser = ask_signed(client, ada, grace, dora), signed_in(grace)
    tabs = [Tab(browser, approval), Tab(browser, approval)]

    for tab in tabs:
        assert tab.send(tab.signed(signer.key)).status_code == 302

    assert Vote.objects.count() == VoteSignature.objects.count() == 1


Loss = Callable[[Signer, Approval], object]
LOSSES: dict[str, tuple[Loss, bool]] = {
    "removed": (lambda signer, _: signer.lose(), False),
    "switched off": (
        lambda signer, _: passkeys.switch_off(Authenticator.objects.get(), timezone.now()),
        False,
    ),
    "given to another account": (
        lambda signer, _: Authenticator.objects.update(user=make_someone("mallory")),
        False,
    ),
    "withdrawn": (
        lambda _, approval: cancel(approval, approval.requester_id, CONTEXT),
        True,
    ),
}


@pytest.mark.parametrize(("loss", "is_late"), LOSSES.values(), ids=LOSSES)
def test_what_is_lost_between_page_and_answer_is_lost(
    client: Client, ada: User, grace: User, signer: Signer, loss: Loss, is_late: bool
) -> None:
    approval = ask_signed(client, ada, grace)
    tab = Tab(signed_in(grace), approval)
    data = tab.signed(signer.key)
    loss(signer, approval)

    response = tab.send(data)

    if is_late:
        assert (response.status_code, Vote.objects.count()) == (302, 0)
    else:
        assert_not_counted(response, approval)
        assert "you have none yet" in response.content.decode()


@pytest.mark.spec("WebAuthn", "6.1.1")
def test_copied_key_signs_nothing_and_is_switched_off(
    client: Client,
    ada: User,
    grace: User,
    signer: Signer,
    django_capture_on_commit_callbacks: Any,
) -> None:
    first, second = ask_signed(client, ada, grace), Asking(client, ada, SIGNED).lodge(max_rows=9)
    browser = signed_in(grace)
    assert send_signed(browser, first, signer.key).status_code == 302
    signer.key.counter = 1

    with django_capture_on_commit_callbacks(execute=True):
        response = send_signed(browser, second, signer.key)

    assert_not_counted(response, second)
    assert "you have none yet" in response.content.decode()
    assert passkeys.OFF_SINCE in Authenticator.objects.get().data
    act = Act.objects.get(kind=Kind.FACTOR_COPIED)
    assert (act.actor, act.personal.person_id) == (Actor.SYSTEM, grace.pk)
    (letter,) = [sent for sent in mail.outbox if "switched off" in sent.body]
    assert letter.to == [grace.email]


def test_key_added_after_lodging_signs(client: Client, ada: User, grace: User) -> None:
    approval = ask_signed(client, ada, grace)
    browser = signed_in(grace)
    assert "you have none yet" in browser.get(approval.get_absolute_url()).content.decode()
    signer = Signer.make(grace)

    assert send_signed(browser, approval, signer.key).status_code == 302
    assert state_of(approval) == ApprovalState.APPROVED
    assert list(signatures_checked([])) == []


def test_who_stands_in_signs_with_their_own_key_and_no_other(
    client: Client, ada: User, grace: User, signer: Signer, dora: User
) -> None:
    approval, now = ask_signed(client, ada, grace), timezone.now()
    delegate(grace.pk, dora.pk, now, now + timedelta(days=1))
    own, browser = Signer.make(dora), signed_in(dora)
    tab = Tab(browser, approval)

    assert_not_counted(tab.send(tab.signed(signer.key)), approval)
    assert tab.send(tab.signed(own.key)).status_code == 302

    vote = Vote.objects.select_related("signature").get()
    assert (vote.voter_id, vote.on_behalf_of_id) == (dora.pk, grace.pk)
    assert flaw_of_vote(Approval.objects.get(pk=approval.pk), vote) == ""
    assert list(signatures_checked([])) == []


def test_signature_on_behalf_of_somebody_who_came_back_is_none(
    client: Client, ada: User, grace: User, signer: Signer, dora: User
) -> None:
    """She would have had a say of her own as well: what she signed was another one."""
    make_rule(Approvers.PEOPLE, people=[grace, dora], title="Either")
    approval, now = Asking(client, ada, SIGNED).lodge(), timezone.now()
    own, browser = Signer.make(dora), signed_in(dora)
    answer = own.sign(approval, on_behalf_of=grace.pk)
    tab = Tab(browser, approval)
    data = {**tab.form, "outcome": "approve", "answer": json.dumps(answer.response)}

    assert_not_counted(tab.send({**data, "at": answer.at}), approval)

    delegate(grace.pk, dora.pk, now, now + timedelta(days=1))
    assert tab.send(Tab(browser, approval).signed(own.key)).status_code == 302


def test_account_that_was_handed_over_signs_nothing(
    client: Client, ada: User, grace: User, signer: Signer
) -> None:
    approval = ask_signed(client, ada, grace)
    tab = Tab(signed_in(grace), approval)
    data = tab.signed(signer.key)
    User.objects.filter(pk=grace.pk).update(sign_in_set_by_others_at=timezone.now())

    assert tab.send(data).status_code == 403
    assert "Sign and approve" not in Tab(tab.browser, approval).page.content.decode()
    assert not Vote.objects.exists()


def test_each_request_of_many_takes_its_own_signature(
    client: Client, ada: User, grace: User, signer: Signer
) -> None:
    """What lies in one inbox is not decided together."""
    ask_signed(client, ada, grace)
    for rows in (1, 2, 3):
        Asking(client, ada, SIGNED).lodge(max_rows=rows)
    browser = signed_in(grace)
    first, *others = Approval.objects.all()

    data = Tab(browser, first).signed(signer.key)
    assert {Tab(browser, one).send(data).status_code for one in others} <= {409, 422}
    assert not Vote.objects.exists()


BROKEN = ["", "null", "[]", "{}", "no JSON", '{"id":1}', '{"response":{"clientDataJSON":"%%"}}']


@pytest.mark.parametrize("answer", BROKEN)
@pytest.mark.parametrize("at", ["", "x", "-1", "9" * 30, None])
def test_what_is_no_answer_is_refused(
    client: Client, ada: User, grace: User, signer: Signer, answer: str, at: str | None
) -> None:
    approval = ask_signed(client, ada, grace)
    tab = Tab(signed_in(grace), approval)
    data = {**tab.form, "outcome": "approve", "answer": answer}

    response = tab.send(data if at is None else {**data, "at": at})

    assert response.status_code in {400, 422}
    assert not Vote.objects.exists()
