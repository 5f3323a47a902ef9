"""Grants, decisions, approvals and delegations are what the acts made of them, or are named."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from consent.approvals.deciders import standing_in
from consent.approvals.models import Approvers, VoteOutcome
from consent.grants import services as grant_services
from consent.models import Grant
from foundation.directory.models import Client, User
from foundation.journal.acts import link
from foundation.journal.archive import archive
from foundation.journal.context import DecisionContext
from foundation.journal.erasure import erase_history_of
from foundation.journal.models import Act
from tests.approvals.asking import Asking as Queries, let_ask, make_rule, make_someone, say, use
from tests.consent.asking import Asking
from tests.consent.history.reading import in_database

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
CONTEXT = DecisionContext(locale="en")


@pytest.fixture
def grace(provider: None) -> User:
    return make_someone("grace", "approver")


@pytest.fixture
def day(grant: Grant, asking: Asking, ada: User, grace: User) -> Queries:
    """Consent given, narrowed, denied, reopened, renewed; queries approved, denied, run."""
    grant_services.revoke_scope(grant, "email", context=CONTEXT)
    grant_services.forget_denial(grant, "phone", context=CONTEXT)
    again = asking.open("openid", "email", "roles", reopened=True)
    asking.answer(again, "email", "roles", lifetime=3600)
    asking.deny(asking.open("address"))
    alone = {"userinfo": {"name": None, "nickname": None, "gender": None}}
    single = asking.open("openid", requested_claims=alone)
    asking.answer(single, "profile\\name", "profile\\gender")
    asking.deny(asking.open("openid", "profile"))
    other = Asking(ada, Client.objects.create(name="Other", redirect_uris="https://o.example/cb"))
    grant_services.revoke_grant(other.allow(["email"], ["email"]), context=CONTEXT)
    other.allow(["email"], [])
    now = timezone.now()
    standing_in.delegate(grace.pk, ada.pk, now - timedelta(days=1), now + timedelta(days=2))
    gone = standing_in.delegate(ada.pk, grace.pk, now + timedelta(days=1), now + timedelta(days=2))
    standing_in.take_back(ada.pk, gone.pk)
    queries = Queries(let_ask(asking.client), ada)
    use(queries.minted())
    make_rule(Approvers.ROLE, role="approver")
    for outcome in VoteOutcome:
        say(queries.lodge(), grace, outcome)
    queries.lodge()
    link()
    return queries


def state(**options: Any) -> list[str]:
    """Return what the command says is wrong."""
    try:
        call_command("verify_history", state=True, **options)
    except CommandError as error:
        return str(error).splitlines()[1:]
    return []


def run(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount > 0


def test_a_day_leaves_what_its_acts_say(day: Queries) -> None:
    assert state() == []


WIDENED = '{"openid": null, "email": null, "roles": null, "payments": null}'
TAMPERINGS: dict[str, tuple[str, str]] = {
    "grant widened": (f"UPDATE consent_grant SET scopes = '{WIDENED}'", "holds payments, which no"),
    "grant prolonged": (
        f"UPDATE consent_grant SET scopes = '{WIDENED}'",
        "holds email for another time than its act says",
    ),
    "grant narrowed": (
        "UPDATE consent_grant SET scopes = '{}'",
        "lacks email openid roles",
    ),
    "grant revived": (
        "UPDATE consent_grant SET revoked_at = NULL, separate = true WHERE revoked_at IS NOT NULL",
        "stands, and was taken back",
    ),
    "grant ended": (
        "UPDATE consent_grant SET revoked_at = created_at WHERE revoked_at IS NULL",
        "has ended, and no act says so",
    ),
    "claims released": (
        'UPDATE consent_grant SET withheld_claims = \'{"email": ["email_verified"]}\'',
        "leaves out other claims",
    ),
    "address exchanged": (
        "UPDATE consent_grant SET shared_email = 'eve@example.org'",
        "shares another e-mail address",
    ),
    "decisions deleted": (
        "DELETE FROM consent_scopedecision",
        "is gone (granted), and no act says so",
    ),
    "decision turned": (
        "UPDATE consent_scopedecision SET outcome = 'granted' WHERE outcome = 'denied'",
        "(granted): its act says otherwise",
    ),
    "decision prolonged": (
        "UPDATE consent_scopedecision SET expires_at = NULL",
        "about email (granted): its act says otherwise",
    ),
    "decision invented": (
        "UPDATE consent_scopedecision SET scope = 'payments' WHERE scope = 'email'",
        "about payments (granted): no act tells of it",
    ),
    "approval approved": (
        "UPDATE approvals_approval SET state = 'approved' WHERE state = 'pending'",
        "is approved, and its acts made it pending",
    ),
    "approval unused": (
        "UPDATE approvals_approval SET state = 'minted' WHERE state = 'consumed'",
        "is minted, and its acts made it consumed",
    ),
    "other detail": (
        "UPDATE approvals_approval SET canonical = '{}'",
        "says something else than what was asked",
    ),
    "other digest": ("UPDATE approvals_approval SET detail_digest = 'x'", "another detail_digest"),
    "other audience": ("UPDATE approvals_approval SET audience = 'x'", "has another audience"),
    "other token": (
        "UPDATE approvals_approval SET jti = 'x' WHERE state = 'consumed'",
        "has another jti than its act says",
    ),
    "emergency hidden": (
        "UPDATE approvals_approval SET is_break_glass = true",
        "has another is_break_glass",
    ),
    "vote turned": (
        "UPDATE approvals_vote SET outcome = 'approve'",
        "has other votes than its acts",
    ),
    "votes deleted": ("DELETE FROM approvals_vote", "has other votes than its acts say"),
    "delegation prolonged": (
        "UPDATE approvals_delegation SET ends_at = '2099-01-01 00:00:00+00:00'",
        "is not what its act says",
    ),
    "delegation deleted": ("DELETE FROM approvals_delegation", "is gone, and no act says so"),
}


@pytest.mark.parametrize("what", sorted(TAMPERINGS))
def test_a_row_that_no_act_made_so_is_named(day: Queries, what: str) -> None:
    sql, said = TAMPERINGS[what]
    run(sql)

    found = state(most=1000)
    assert [line for line in found if said in line], found


def test_rows_given_to_somebody_else_are_named(day: Queries, grace: User) -> None:
    run("UPDATE consent_grant SET user_id = %s WHERE revoked_at IS NULL AND client_id = %s",
        in_database(grace.pk), day.client.pk)  # fmt: skip
    run("UPDATE approvals_approval SET requester_id = %s", in_database(grace.pk))
    run("UPDATE approvals_vote SET on_behalf_of_id = %s", in_database(day.user.pk))

    found = "\n".join(state(most=1000))
    assert "is another person's than its acts say" in found
    assert "was asked by another person than its act says" in found
    assert "has other votes than its acts say" in found


def test_rows_that_were_made_without_acts_are_named(day: Queries) -> None:
    Grant.objects.create(user=day.user, client=day.client, separate=True, scopes={"root": None})
    run(
        "INSERT INTO approvals_delegation (from_person_id, to_person_id, starts_at, ends_at) "
        "SELECT to_person_id, from_person_id, starts_at, ends_at FROM approvals_delegation"
    )

    found = "\n".join(state(most=1000))
    assert "holds root, which no act gave" in found
    assert "was made without an act" in found


@pytest.mark.parametrize("gone", ["user", "client"])
def test_what_goes_with_an_account_or_an_application_is_not_missed(day: Queries, gone: str) -> None:
    getattr(day, gone).delete()

    assert state() == []


def test_after_an_erasure_the_rest_is_still_compared(day: Queries) -> None:
    erase_history_of(day.user.pk)
    link()
    assert state() == []

    run(f"UPDATE consent_grant SET scopes = '{WIDENED}'")
    assert "holds payments, which no act gave" in "".join(state())


def test_archives_that_are_missing_leave_the_state_uncompared(day: Queries, tmp_path: Any) -> None:
    path = tmp_path / "old.jsonl"
    archive(timezone.now(), path)
    run(f"UPDATE consent_grant SET scopes = '{WIDENED}'")

    assert "What the acts led to was not compared" in "".join(state())
    assert "holds payments, which no act gave" in "".join(state(archive=[path]))


def test_a_vote_says_for_whom_and_a_delegation_is_an_act(day: Queries, grace: User) -> None:
    linus = make_someone("linus")
    now = timezone.now()
    standing_in.delegate(grace.pk, linus.pk, now, now + timedelta(days=1), CONTEXT)
    say(day.lodge(), linus)

    vote = Act.objects.filter(kind="query_voted").latest("at")
    assert (vote.personal.actor_id, vote.personal.other_id) == (str(linus.pk), str(grace.pk))
    act = Act.objects.filter(kind="delegated").latest("at")
    assert (act.personal.person_id, act.personal.other_id) == (grace.pk, str(linus.pk))
    assert Act.objects.filter(kind="delegation_ended").count() == 1
    link()
    assert state() == []
