"""A query that other people have to agree to: who asked waits, and comes back with the answer."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse

from consent.approvals.models import Approval, ApprovalState, Approvers
from consent.approvals.use.ending import cancel, expire_due, revoke
from foundation.directory.models import User
from idp.models import PushedAuthorizationRequest, StoredAuthorizationRequest
from idp.tokens.revocation import clear_expired
from tests.approvals.asking import CONTEXT, let_run_out, make_rule
from tests.flows.approvals.warehouse import SALARIES, Warehouse, another, details
from tests.html_forms import forms
from tests.provider import Clock
from tests.relying_party import RelyingParty, answer_of

OwnBrowser = Callable[[User], RelyingParty]


def ask(desk: RelyingParty, person: User, **parameters: object) -> HttpResponse:
    """Ask for a query; return the page that the person waits at."""
    values = {"authorization_details": details(), **parameters}
    page = desk.go_through(person, **values)
    assert page.resolver_match.url_name == "approval_waiting"
    return page


def answer(party: RelyingParty, outcome: str, approval: Approval | None = None) -> HttpResponse:
    """Say yes or no on the approver's screen."""
    approval = approval or Approval.objects.get()
    page = party.browser.get(approval.get_absolute_url())
    return party.submit(page, having="outcome", outcome=outcome)


def come_back(desk: RelyingParty, page: HttpResponse) -> HttpResponse:
    """Reload the waiting page, and go where it leads."""
    return desk.follow(desk.browser.get(page.request["PATH_INFO"]))


def test_query_runs_after_somebody_else_agreed(
    desk: RelyingParty, person: User, grace: User, own_browser: OwnBrowser, warehouse: Warehouse
) -> None:
    page = ask(desk, person)
    assert come_back(desk, page).status_code == 200

    answer(own_browser(grace), "approve")
    tokens = desk.exchange(answer_of(come_back(desk, page))["code"]).json()

    (detail,) = tokens["authorization_details"]
    assert detail["approvers"] == [str(grace.pk)]
    with warehouse.admit(tokens["access_token"]) as admission:
        assert admission.principal.subject == person.subject
        admission.executed(1)
    assert Approval.objects.get().state == ApprovalState.EXECUTED


def test_as_many_people_as_the_rule_wants(
    desk: RelyingParty, person: User, stewards: list[User], own_browser: OwnBrowser
) -> None:
    page = ask(desk, person)
    answer(own_browser(stewards[0]), "approve")
    assert come_back(desk, page).status_code == 200

    answer(own_browser(stewards[2]), "approve")
    tokens = desk.exchange(answer_of(come_back(desk, page))["code"]).json()

    (detail,) = tokens["authorization_details"]
    assert set(detail["approvers"]) == {str(stewards[0].pk), str(stewards[2].pk)}


def test_who_asks_and_somebody_else_may_both_have_to_agree(
    desk: RelyingParty, person: User, grace: User, own_browser: OwnBrowser
) -> None:
    make_rule(Approvers.REQUESTER, title="Whoever asks")
    page = ask(desk, person)

    answer(own_browser(grace), "approve")
    tokens = desk.exchange(answer_of(come_back(desk, page))["code"]).json()

    (detail,) = tokens["authorization_details"]
    assert detail["approvers"] == [str(person.pk), str(grace.pk)]


def test_denied_by_an_approver_is_access_denied(
    desk: RelyingParty, person: User, grace: User, own_browser: OwnBrowser
) -> None:
    page = ask(desk, person, scope=None)

    answer(own_browser(grace), "deny")
    told = answer_of(come_back(desk, page))

    assert told["error"] == "access_denied"
    assert "denied" in told["error_description"]


def test_scopes_are_granted_although_the_query_was_denied(
    desk: RelyingParty, person: User, grace: User, own_browser: OwnBrowser
) -> None:
    page = ask(desk, person)

    answer(own_browser(grace), "deny")
    tokens = desk.exchange(answer_of(come_back(desk, page))["code"]).json()

    assert "authorization_details" not in tokens
    assert "email" in tokens["scope"].split()


@pytest.mark.parametrize(
    ("end", "words"), [("expire", "in time"), ("cancel", "withdrawn"), ("revoke", "revoked")]
)
def test_what_ended_otherwise_is_access_denied_with_the_reason(
    desk: RelyingParty, person: User, grace: User, end: str, words: str
) -> None:
    page = ask(desk, person, scope=None)
    approval = Approval.objects.get()

    if end == "expire":
        let_run_out([approval])
    elif end == "revoke":
        revoke(approval, "No.", CONTEXT)
    else:
        cancel(approval, person.pk, CONTEXT)
    told = answer_of(come_back(desk, page))

    assert told["error"] == "access_denied"
    assert words in told["error_description"]


def test_withdrawing_leads_back_to_the_application(
    desk: RelyingParty, person: User, grace: User
) -> None:
    page = ask(desk, person, scope=None)
    assert "form-action" not in page["Content-Security-Policy"], "it leads to the application"
    (form,) = [one for one in forms(page.content.decode()) if "/withdraw/" in one.action]

    told = desk.follow(desk.browser.post(form.action, form.data))

    assert answer_of(told)["error"] == "access_denied"


def test_others_count_when_one_is_denied(
    desk: RelyingParty, person: User, grace: User, own_browser: OwnBrowser
) -> None:
    asked = details(SALARIES, another(max_rows=5))
    page = ask(desk, person, authorization_details=asked)
    first, second = Approval.objects.order_by("created_at")
    party = own_browser(grace)

    answer(party, "deny", first)
    page = come_back(desk, page)
    assert page.resolver_match.kwargs["pk"] == second.pk
    answer(party, "approve", second)
    tokens = desk.exchange(answer_of(come_back(desk, page))["code"]).json()

    assert [detail["max_rows"] for detail in tokens["authorization_details"]] == [5]


def test_own_yes_lasts_until_the_others_have_answered(
    desk: RelyingParty, person: User, other_person: User, own_browser: OwnBrowser, clock: Clock
) -> None:
    make_rule(Approvers.OWNER, "hr.*", title="Owner")
    from tests.approvals.asking import make_owner

    make_owner(other_person, "hr")
    open_to_all = another(max_rows=5)
    harmless = type(SALARIES)(
        query=open_to_all.query, actions=("select",), datatypes=("finance.payments.region",)
    )
    page = ask(desk, person, authorization_details=details(SALARIES, harmless))
    clock.advance(hours=7)

    answer(own_browser(other_person), "approve", Approval.objects.get(state=ApprovalState.PENDING))
    tokens = desk.exchange(answer_of(come_back(desk, page))["code"]).json()

    assert len(tokens["authorization_details"]) == 2


def test_request_lives_as_long_as_others_may_take(
    desk: RelyingParty, person: User, grace: User, own_browser: OwnBrowser, clock: Clock
) -> None:
    page = ask(desk, person, **desk.pushed(authorization_details=details()))
    clock.advance(hours=7, minutes=55)
    clear_expired()
    expire_due()

    answer(own_browser(grace), "approve")

    assert "code" in answer_of(come_back(desk, page))
    assert StoredAuthorizationRequest.objects.get().consumed_at is not None


def test_pushed_request_stays_while_somebody_waits_for_days(
    desk: RelyingParty, person: User, grace: User, own_browser: OwnBrowser, clock: Clock
) -> None:
    from claims.catalogue.models import AuthorizationDetailsType

    row = AuthorizationDetailsType.objects.get()
    row.request_lifetime = 7 * 86400
    row.save()
    page = ask(desk, person, **desk.pushed(authorization_details=details()))
    clock.advance(days=3)
    clear_expired()

    answer(own_browser(grace), "approve")

    assert "code" in answer_of(come_back(desk, page))
    assert PushedAuthorizationRequest.objects.count() == 1


def test_resuming_too_early_leads_back_to_waiting(
    desk: RelyingParty, person: User, grace: User
) -> None:
    page = ask(desk, person)
    stored = StoredAuthorizationRequest.objects.get()

    again = desk.follow(desk.browser.get(f"/authorize/resume/{stored.pk}/"))

    assert again.request["PATH_INFO"] == page.request["PATH_INFO"]
    assert stored.consumed_at is None


def test_answered_request_leads_nowhere_any_more(
    desk: RelyingParty, person: User, grace: User, own_browser: OwnBrowser
) -> None:
    page = ask(desk, person)
    answer(own_browser(grace), "approve")
    come_back(desk, page)

    again = desk.browser.get(page.request["PATH_INFO"])

    assert again.status_code == 200
    assert Approval.objects.get().return_to == ""


def test_nobody_approves_their_own_request_where_others_must(
    desk: RelyingParty, person: User, grace: User
) -> None:
    person.is_staff = person.is_superuser = True
    person.save()
    page = ask(desk, person)
    approval = Approval.objects.get()
    (form,) = [one for one in forms(page.content.decode()) if "/withdraw/" in one.action]

    desk.browser.post(approval.get_absolute_url(), {**form.data, "outcome": "approve"})

    approval.refresh_from_db()
    assert approval.state == ApprovalState.PENDING
    assert approval.votes.count() == 0


def test_another_browser_cannot_take_the_answer_away(
    desk: RelyingParty, person: User, grace: User, own_browser: OwnBrowser
) -> None:
    page = ask(desk, person)
    party = own_browser(grace)
    answer(party, "approve")

    elsewhere = party.browser.get(page.request["PATH_INFO"])
    stored = StoredAuthorizationRequest.objects.get()
    resumed = party.browser.get(f"/authorize/resume/{stored.pk}/")

    assert (elsewhere.status_code, resumed.status_code) == (404, 400)
    assert stored.consumed_at is None


def test_code_that_waited_cannot_be_had_by_asking_again(
    desk: RelyingParty, person: User, grace: User, own_browser: OwnBrowser
) -> None:
    """An approval belongs to the one request it was given to."""
    ask(desk, person)
    answer(own_browser(grace), "approve")

    page = desk.follow(desk.authorize(authorization_details=details()))

    assert page.resolver_match.url_name == "review"
