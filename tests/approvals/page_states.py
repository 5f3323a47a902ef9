"""An approval in every state, and everybody who may look at it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client as Browser
from django.utils import timezone

from consent.approvals.deciders.standing_in import delegate
from consent.approvals.models import Approval, ApprovalState, Approvers
from foundation.directory.models import Client, User
from tests.approvals.asking import Asking, make_owner, make_rule, make_someone, say
from tests.approvals.test_pages import signed_in

SALARY = "hr.employees.salary"
DENIED_FOR = "Ask me on Monday"


@dataclass(frozen=True)
class Scene:
    """One request with several demands, on which some have answered already."""

    approval: Approval
    browsers: dict[str, Browser]
    """One for each way to be concerned by it."""

    def stand(self, **columns: Any) -> None:
        """Let the approval stand otherwise."""
        Approval.objects.filter(pk=self.approval.pk).update(**columns)

    def pages(self) -> Iterator[tuple[str, Browser, str]]:
        """Yield each page of each person: what it is called, the browser, the address."""
        for who, browser in self.browsers.items():
            yield f"approval, {who}", browser, self.approval.get_absolute_url()
        yield "waiting page", self.browsers["who asks"], self.approval.get_waiting_url()


def make_scene(client: Client, asking_person: User) -> Scene:
    """Let four people have to agree, of whom one is away, with emergency access for who asks.

    Somebody has said yes, and somebody for another who is away.
    """
    names = ("votes", "voted", "away", "away too", "owner")
    people = {name: make_someone(name.replace(" ", "-"), name=name.title()) for name in names}
    present, voted_for = make_someone("stands-in"), make_someone("stood-in")
    deciders = [people[name] for name in names if name != "owner"]
    emergency = {"break_glass_role": "analyst"}
    make_rule(Approvers.PEOPLE, people=deciders, needed=4, title="All of them", **emergency)
    make_rule(Approvers.OWNER, "hr.*", title="Who answers for it", **emergency)
    make_rule(Approvers.ROLE, "hr.*", role="auditor", title="An auditor", **emergency)
    make_owner(people["owner"], "hr.*")
    make_someone("auditor", "auditor")
    now = timezone.now()
    for away, stand_in in (("away", present), ("away too", voted_for)):
        delegate(people[away].pk, stand_in.pk, now, now + timedelta(days=1))
    approval = Asking(client, asking_person).lodge(SALARY)
    say(approval, people["voted"], note="Fine")
    say(approval, voted_for)
    concerned = {
        "who asks": asking_person,
        "who may vote": people["votes"],
        "who has voted": people["voted"],
        "who stands in": present,
        "who has stood in": voted_for,
        "who answers for the data": people["owner"],
    }
    browsers = {who: signed_in(person) for who, person in concerned.items()}
    return Scene(approval, browsers)


def standings() -> dict[str, dict[str, Any]]:
    """Return the columns of each way in which a request can stand, by what it is called.

    Every state, also those to come; what has run out unrecorded; who went ahead alone.
    """
    past = timezone.now() - timedelta(seconds=1)
    usual = {"expires_at": timezone.now() + timedelta(hours=1), "terms": {}}
    told = {"reason": DENIED_FOR, "row_count": 7, "is_break_glass": False, "justification": ""}
    states = {state: {"state": state, **usual, **told} for state in ApprovalState}
    return {
        **states,
        "to be signed": {
            "state": ApprovalState.PENDING, **usual, **told, "terms": {"needs_signature": True},
        },
        "run out": {"state": ApprovalState.PENDING, "expires_at": past},
        "went ahead alone": {
            "state": ApprovalState.APPROVED, "is_break_glass": True, "justification": "Fire!",
            **usual,
        },
    }  # fmt: skip
