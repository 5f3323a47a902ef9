"""A yes is worth what its giver may say now: each way to lose a say, at each moment that counts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from claims.catalogue.models import AuthorizationDetailsType as DetailsType, DataOwner
from claims.services import set_attributes
from consent.approvals.deciders.standing_in import delegate, take_back
from consent.approvals.models import (
    Approval,
    ApprovalRule,
    ApprovalState,
    Approvers,
    Delegation,
    VoteOutcome,
)
from consent.approvals.terms import ApprovalTerms
from consent.approvals.use.consuming import UseRefusal, mint as mint_token
from consent.approvals.use.ending import break_glass
from consent.approvals.use.minting import in_force
from consent.approvals.use.outcome import enriched
from foundation.directory.models import Client, User
from tests.approvals.asking import (
    CONTEXT,
    Asking,
    a_ballot,
    make_owner,
    make_rule,
    make_someone,
    say,
    state_of,
    use,
)

COLUMN = "hr.employees.salary"
SOON = timedelta(seconds=60)


@dataclass
class Scene:
    """A request that the giver of one yes has had a say in."""

    asking: Asking
    voter: User
    behind: User
    """Whose capacity it is: the voter's own, or of who is away."""

    def lodge(self) -> Approval:
        return self.asking.lodge(COLUMN)

    def agree(self, approval: Approval) -> None:
        say(approval, self.voter)


def of_role(asking: Asking) -> Scene:
    make_rule(Approvers.ROLE, role="dpo")
    return Scene(asking, voter := make_someone("dora", "dpo"), voter)


def of_owner(asking: Asking) -> Scene:
    make_rule(Approvers.OWNER)
    voter = make_someone("dora")
    make_owner(voter, "hr.*")
    return Scene(asking, voter, voter)


def of_person(asking: Asking) -> Scene:
    voter = make_someone("dora")
    make_rule(Approvers.PEOPLE, people=[voter])
    return Scene(asking, voter, voter)


def of_stand_in(asking: Asking) -> Scene:
    make_rule(Approvers.ROLE, role="dpo")
    away, present = make_someone("dora", "dpo"), make_someone("emil")
    delegate(away.pk, present.pk, timezone.now() - SOON, timezone.now() + timedelta(days=1))
    return Scene(asking, present, away)


class Alone(Scene):
    """Emergency access: who asks goes ahead."""

    def agree(self, approval: Approval) -> None:
        why = "The plant is on fire, nobody answers."
        break_glass(approval, self.voter.pk, why, a_ballot(approval), CONTEXT)


def of_emergency(asking: Asking) -> Scene:
    make_rule(Approvers.ROLE, role="dpo", break_glass_role="analyst")
    make_someone("dora", "dpo")
    assert asking.user is not None
    return Alone(asking, asking.user, asking.user)


def lose_role(scene: Scene) -> None:
    set_attributes(scene.behind, {"roles": []})


def leave(scene: Scene) -> None:
    User.objects.filter(pk=scene.voter.pk).update(is_active=False)


def principal_leaves(scene: Scene) -> None:
    User.objects.filter(pk=scene.behind.pk).update(is_active=False)


def hand_over(scene: Scene) -> None:
    DataOwner.objects.update(person=make_someone("frida"))


def give_up(scene: Scene) -> None:
    DataOwner.objects.all().delete()


def stop_standing_in(scene: Scene) -> None:
    assert take_back(scene.behind.pk, Delegation.objects.get().pk)


def stand_in_runs_out(scene: Scene) -> None:
    Delegation.objects.update(ends_at=timezone.now())


LOSSES: list[tuple[Callable[[Asking], Scene], Callable[[Scene], None]]] = [
    (of_role, lose_role),
    (of_role, leave),
    (of_owner, hand_over),
    (of_owner, give_up),
    (of_owner, leave),
    (of_person, leave),
    (of_stand_in, lose_role),
    (of_stand_in, leave),
    (of_stand_in, principal_leaves),
    (of_stand_in, stop_standing_in),
    (of_stand_in, stand_in_runs_out),
    (of_emergency, lose_role),
]
NAMES = [f"{made.__name__}-{lost.__name__}" for made, lost in LOSSES]


def mint(approval: Approval) -> bool:
    return mint_token(approval.pk, "token-1", timezone.now() + SOON)


def at_mint(scene: Scene, lose: Callable[[Scene], None]) -> None:
    approval = scene.lodge()
    scene.agree(approval)
    lose(scene)
    assert not mint(approval)
    assert state_of(approval) == ApprovalState.APPROVED


def at_use(scene: Scene, lose: Callable[[Scene], None]) -> None:
    approval = scene.lodge()
    scene.agree(approval)
    assert mint(approval)
    lose(scene)
    assert use(approval).refusal is UseRefusal.NOT_USABLE
    assert state_of(approval) == ApprovalState.MINTED


def at_later_uses(scene: Scene, lose: Callable[[Scene], None]) -> None:
    kind = DetailsType.objects.get(type="urn:scopeward:query:1")
    kind.single_use = False
    kind.save()
    lasting = replace(scene.asking, terms=ApprovalTerms(single_use=False, use_seconds=3600))
    approval = replace(scene, asking=lasting).lodge()
    scene.agree(approval)
    assert mint(approval)
    approval.refresh_from_db()
    detail = enriched(approval)
    assert in_force([detail]) == [detail]
    lose(scene)
    assert in_force([detail]) == []


def at_completion(scene: Scene, lose: Callable[[Scene], None]) -> None:
    other = make_someone("otto", "second")
    make_rule(Approvers.ROLE, role="second")
    approval = scene.lodge()
    scene.agree(approval)
    lose(scene)
    assert say(approval, other) == ApprovalState.PENDING
    assert not mint(approval)


MOMENTS = [at_mint, at_use, at_later_uses, at_completion]
# Emergency access is complete by itself.
CASES = [
    pytest.param(made, lose, moment, id=f"{name}-{moment.__name__}")
    for (made, lose), name in zip(LOSSES, NAMES, strict=True)
    for moment in MOMENTS
    if (made, moment) != (of_emergency, at_completion)
]


@pytest.mark.parametrize(("made", "lose", "moment"), CASES)
def test_who_has_no_say_any_more_has_said_nothing(
    asking: Asking, made: Any, lose: Any, moment: Any
) -> None:
    moment(made(asking), lose)


@pytest.mark.parametrize("made", list(dict.fromkeys(made for made, _lost in LOSSES)))
def test_who_still_has_a_say_has_said_yes(asking: Asking, made: Any) -> None:
    scene = made(asking)
    approval = scene.lodge()
    scene.agree(approval)

    assert mint(approval)
    assert use(approval)


def test_every_kind_of_approver_is_walked(asking: Asking) -> None:
    # Who asks is checked for being active, and holds nothing else that could be lost.
    walked = set()
    for made in dict.fromkeys(made for made, _lost in LOSSES):
        ApprovalRule.objects.all().delete()
        DataOwner.objects.all().delete()
        User.objects.exclude(pk=asking.user.pk if asking.user else None).delete()
        made(asking)
        walked.add(ApprovalRule.objects.get().who)
    assert walked == set(Approvers) - {Approvers.REQUESTER}


def test_a_say_that_comes_back_counts_again(asking: Asking) -> None:
    scene = of_role(asking)
    approval = scene.lodge()
    scene.agree(approval)
    lose_role(scene)
    assert not mint(approval)

    set_attributes(scene.behind, {"roles": ["dpo"]})

    assert mint(approval)


def test_another_capacity_than_the_vote_was_given_in_does_not_replace_it(asking: Asking) -> None:
    scene = of_role(asking)
    approval = scene.lodge()
    scene.agree(approval)
    set_attributes(scene.behind, {"roles": ["head"]})

    assert not mint(approval)


def test_somebody_else_with_the_role_completes_it(asking: Asking) -> None:
    make_rule(Approvers.ROLE, role="dpo", needed=2)
    first, second, third = (make_someone(name, "dpo") for name in ("dora", "emil", "fritz"))
    approval = asking.lodge(COLUMN)
    say(approval, first)
    set_attributes(first, {"roles": []})

    assert say(approval, second) == ApprovalState.PENDING
    assert say(approval, third) == ApprovalState.APPROVED


def test_a_no_stays_a_no(asking: Asking) -> None:
    scene = of_role(asking)
    approval = scene.lodge()
    say(approval, scene.voter, VoteOutcome.DENY)
    lose_role(scene)

    assert state_of(approval) == ApprovalState.DENIED


def test_what_only_the_requester_approves_costs_no_statement_more(
    asking: Asking, django_assert_num_queries: Any, client: Client
) -> None:
    from consent.approvals.deciders.counting import still_agreed

    approval = asking.approved()
    with django_assert_num_queries(0):
        assert still_agreed(approval)
