"""Votes: who has one, that it counts once, and what was in front of the person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from claims.catalogue.models import SensitivityLabel
from claims.services import set_attributes
from consent.approvals.errors import (
    AlreadyVotedError,
    ApprovalError,
    NoJustificationError,
    NotEligibleError,
    NotPendingError,
    PreviewChangedError,
    StaleSignInError,
)
from consent.approvals.models import (
    Approval,
    ApprovalState,
    Approvers,
    Delegation,
    Notice,
    Vote,
    VoteOutcome,
)
from consent.approvals.terms import ApprovalTerms
from consent.approvals.use.ending import break_glass
from consent.approvals.voting import vote
from foundation.directory.models import Client, User
from foundation.directory.sign_in import SignIn
from foundation.journal.models import Act, Actor, Kind
from tests.approvals.asking import (
    CONTEXT,
    WAREHOUSE,
    Asking,
    a_ballot,
    a_sign_in,
    let_run_out,
    make_rule,
    make_someone,
    say,
    state_of,
)

DENY = VoteOutcome.DENY
A_DAY = timedelta(days=1)
WHY = "Payroll runs in an hour and nobody can be reached."


def stand_in(
    away: User, present: User, *, starts: timedelta = -A_DAY, ends: timedelta = A_DAY
) -> None:
    now = timezone.now()
    Delegation.objects.create(
        from_person=away, to_person=present, starts_at=now + starts, ends_at=now + ends
    )


@pytest.fixture
def dpo() -> User:
    return make_someone("dora", "dpo")


def test_one_no_denies(asking: Asking, people: object) -> None:
    first, second = make_someone("dora", "dpo"), make_someone("emil", "dpo")
    make_rule(Approvers.ROLE, role="dpo", needed=2)
    approval = asking.lodge()

    assert say(approval, first) == ApprovalState.PENDING
    assert say(approval, second, DENY, note="Not without a ticket") == ApprovalState.DENIED
    approval.refresh_from_db()
    assert approval.reason == "Not without a ticket"


def test_somebody_without_a_vote_has_none(asking: Asking, dpo: User, grace: User) -> None:
    make_rule(Approvers.ROLE, role="dpo")
    approval = asking.lodge()

    for outcome in VoteOutcome:
        with pytest.raises(NotEligibleError):
            say(approval, grace, outcome)
    assert not Vote.objects.exists()


def test_who_has_lost_the_role_has_lost_the_vote(asking: Asking, dpo: User) -> None:
    make_rule(Approvers.ROLE, role="dpo")
    approval = asking.lodge()
    set_attributes(dpo, {"roles": []})

    with pytest.raises(NotEligibleError):
        say(approval, dpo)


def test_who_is_not_active_any_more_has_no_vote(asking: Asking, dpo: User) -> None:
    make_rule(Approvers.ROLE, role="dpo")
    approval = asking.lodge()
    User.objects.filter(pk=dpo.pk).update(is_active=False)

    with pytest.raises(NotEligibleError):
        say(approval, dpo)


def test_the_vote_of_somebody_deactivated_since_does_not_count(asking: Asking) -> None:
    first, second, third = (make_someone(name, "dpo") for name in ("dora", "emil", "fay"))
    make_rule(Approvers.ROLE, role="dpo", needed=2)
    approval = asking.lodge()
    say(approval, first)
    User.objects.filter(pk=first.pk).update(is_active=False)

    assert say(approval, second) == ApprovalState.PENDING
    assert say(approval, third) == ApprovalState.APPROVED


def test_nobody_votes_twice(asking: Asking, dpo: User) -> None:
    make_someone("emil", "dpo")
    make_rule(Approvers.ROLE, role="dpo", needed=2)
    approval = asking.lodge()
    say(approval, dpo)

    with pytest.raises(AlreadyVotedError):
        say(approval, dpo)
    with pytest.raises(AlreadyVotedError):
        say(approval, dpo, DENY)
    assert state_of(approval) == ApprovalState.PENDING


def test_a_decided_request_takes_no_votes(asking: Asking, ada: User) -> None:
    approval = asking.approved()

    with pytest.raises(NotPendingError):
        say(approval, ada, DENY)


def test_a_vote_that_comes_too_late_is_refused(asking: Asking, ada: User) -> None:
    approval = asking.lodge()
    let_run_out([approval])

    with pytest.raises(NotPendingError):
        say(approval, ada)


def test_a_client_switched_off_is_not_approved_any_more(asking: Asking, ada: User) -> None:
    approval = asking.lodge()
    Client.objects.update(is_active=False)

    with pytest.raises(NotPendingError):
        say(approval, ada)


def test_what_was_not_seen_is_not_approved(asking: Asking, ada: User) -> None:
    approval = asking.lodge()
    ballot = a_ballot(approval)
    SensitivityLabel.objects.create(
        resource_server=WAREHOUSE, pattern="hr.*", level="secret", label="salary"
    )

    with pytest.raises(PreviewChangedError):
        vote(approval, ada.pk, ballot, CONTEXT)
    assert say(approval, ada) == ApprovalState.APPROVED


@pytest.mark.spec("RFC 9470", "4")
@pytest.mark.parametrize("sign_in", [None, a_sign_in(minutes_ago=6)])
def test_an_old_or_unknown_sign_in_does_not_approve(
    asking: Asking, ada: User, sign_in: SignIn | None
) -> None:
    approval = asking.lodge()

    with pytest.raises(StaleSignInError):
        say(approval, ada, sign_in=sign_in)
    assert state_of(approval) == ApprovalState.PENDING


@pytest.mark.spec("RFC 9470", "4")
@pytest.mark.parametrize("wanted", ["urn:example:stronger", "urn:scopeward:acr:2"])
def test_a_weak_sign_in_does_not_approve(client: Client, ada: User, wanted: str) -> None:
    approval = Asking(client, ada, ApprovalTerms(minimum_acr=wanted)).lodge()

    with pytest.raises(StaleSignInError):
        say(approval, ada)


def test_any_age_will_do_where_the_type_says_so(client: Client, ada: User) -> None:
    approval = Asking(client, ada, ApprovalTerms(maximum_age=None)).lodge()

    assert say(approval, ada, sign_in=None) == ApprovalState.APPROVED


def test_the_history_names_the_approver_and_keeps_what_was_shown(
    asking: Asking, dpo: User, ada: User
) -> None:
    make_rule(Approvers.ROLE, role="dpo")
    approval = asking.lodge()
    ballot = a_ballot(approval, note="Checked")
    vote(approval, dpo.pk, ballot, CONTEXT)

    act = Act.objects.select_related("personal").get(kind=Kind.QUERY_APPROVED)
    assert (act.actor, act.personal.actor_id) == (Actor.APPROVER, str(dpo.pk))
    assert (act.personal.person_id, act.personal.reason) == (ada.pk, "Checked")
    assert act.personal.shown == ballot.shown


# --- standing in --------------------------------------------------------------------------------


def test_who_stands_in_votes_on_behalf_of(asking: Asking, dpo: User, grace: User) -> None:
    make_rule(Approvers.ROLE, role="dpo")
    stand_in(dpo, grace)
    approval = asking.lodge()

    assert say(approval, grace) == ApprovalState.APPROVED
    assert Vote.objects.get().on_behalf_of_id == dpo.pk


def test_who_is_away_and_who_stands_in_are_one(asking: Asking, dpo: User, grace: User) -> None:
    make_someone("emil", "dpo")
    make_rule(Approvers.ROLE, role="dpo", needed=2)
    stand_in(dpo, grace)
    approval = asking.lodge()
    say(approval, grace)

    with pytest.raises(AlreadyVotedError):
        say(approval, dpo)
    assert state_of(approval) == ApprovalState.PENDING


def test_one_person_does_not_become_two_by_standing_in(asking: Asking, dpo: User) -> None:
    emil = make_someone("emil", "dpo")
    make_rule(Approvers.ROLE, role="dpo", needed=2)
    stand_in(dpo, emil)
    approval = asking.lodge()
    say(approval, emil)

    with pytest.raises(AlreadyVotedError):
        say(approval, emil)
    assert say(approval, dpo) == ApprovalState.APPROVED


@pytest.mark.parametrize(
    ("starts", "ends"), [(-2 * A_DAY, -A_DAY), (A_DAY, 2 * A_DAY)], ids=["over", "not yet"]
)
def test_standing_in_has_its_time(
    asking: Asking, dpo: User, grace: User, starts: timedelta, ends: timedelta
) -> None:
    make_rule(Approvers.ROLE, role="dpo")
    stand_in(dpo, grace, starts=starts, ends=ends)

    with pytest.raises(NotEligibleError):
        say(asking.lodge(), grace)


def test_standing_in_is_not_passed_on(asking: Asking, dpo: User, grace: User) -> None:
    make_rule(Approvers.ROLE, role="dpo")
    between = make_someone("emil")
    stand_in(dpo, between)
    stand_in(between, grace)

    with pytest.raises(NotEligibleError):
        say(asking.lodge(), grace)


def test_standing_in_for_an_approver_does_not_help_who_asks(
    asking: Asking, dpo: User, ada: User
) -> None:
    make_rule(Approvers.ROLE, role="dpo")
    stand_in(dpo, ada)

    with pytest.raises(NotEligibleError):
        say(asking.lodge(), ada)


def test_nobody_stands_in_for_who_asks(client: Client, dpo: User, grace: User) -> None:
    asker = make_someone("boss", "dpo")
    make_rule(Approvers.ROLE, role="dpo")
    stand_in(asker, grace)

    with pytest.raises(NotEligibleError):
        say(Asking(client, asker).lodge(), grace)


def test_somebody_deactivated_has_nobody_stand_in(asking: Asking, dpo: User, grace: User) -> None:
    make_someone("emil", "dpo")
    make_rule(Approvers.ROLE, role="dpo")
    stand_in(dpo, grace)
    approval = asking.lodge()
    User.objects.filter(pk=dpo.pk).update(is_active=False)

    with pytest.raises(NotEligibleError):
        say(approval, grace)


# --- going ahead alone --------------------------------------------------------------------------


def go_ahead(approval: Approval, person: User, why: str = WHY, **values: object) -> None:
    break_glass(approval, person.pk, why, a_ballot(approval, **values), CONTEXT)


@pytest.fixture
def on_call(client: Client, dpo: User) -> Asking:
    make_rule(Approvers.ROLE, role="dpo", break_glass_role="on-call")
    return Asking(client, make_someone("otto", "on-call"))


def test_going_ahead_alone_is_marked_and_told_to_everybody_concerned(
    on_call: Asking, dpo: User
) -> None:
    approval = on_call.lodge()
    assert on_call.user is not None
    go_ahead(approval, on_call.user)

    approval.refresh_from_db()
    assert (approval.state, approval.is_break_glass) == (ApprovalState.APPROVED, True)
    assert approval.justification == WHY
    act = Act.objects.select_related("personal").get(kind=Kind.QUERY_OVERRIDDEN)
    assert act.personal.reason == WHY
    assert Notice.objects.filter(event="break_glass").get().person_id == dpo.pk


def test_going_ahead_alone_is_off_unless_the_rule_names_a_role(asking: Asking, dpo: User) -> None:
    make_rule(Approvers.ROLE, role="dpo")
    approval = asking.lodge()
    assert asking.user is not None

    with pytest.raises(NotEligibleError):
        go_ahead(approval, asking.user)


def test_every_rule_has_to_allow_going_ahead_alone(on_call: Asking) -> None:
    make_someone("grace", "auditor")
    make_rule(Approvers.ROLE, role="auditor")
    assert on_call.user is not None

    with pytest.raises(NotEligibleError):
        go_ahead(on_call.lodge(), on_call.user)


@pytest.mark.parametrize(
    ("why", "values", "error"),
    [
        ("", {}, NoJustificationError),
        ("  urgent            ", {}, NoJustificationError),
        (WHY, {"sign_in": None}, StaleSignInError),
        (WHY, {"shown": "something else"}, PreviewChangedError),
    ],
)
def test_going_ahead_alone_has_its_conditions(
    on_call: Asking, why: str, values: dict[str, object], error: type[ApprovalError]
) -> None:
    approval = on_call.lodge()
    assert on_call.user is not None

    with pytest.raises(error):
        go_ahead(approval, on_call.user, why, **values)
    assert state_of(approval) == ApprovalState.PENDING
    assert not Notice.objects.filter(event="break_glass").exists()


def test_nobody_else_goes_ahead_for_who_asks(on_call: Asking) -> None:
    other = make_someone("olga", "on-call")

    with pytest.raises(NotEligibleError):
        go_ahead(on_call.lodge(), other)
