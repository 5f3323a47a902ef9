"""Why was I refused? Told to the person who was, and to nobody else."""

import re
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from foundation.directory.models import Client, User
from scopeward_guard._authzen import Decision, Obligation, Remedy
from scopeward_guard._base.references import new_reference
from tests.admin.conftest import browser_of, staff
from tests.factories import make_client, make_resource_server, make_scope
from tests.policy.decision_log.asked import APPROVABLE, DENIED, PERMITTED, SALARY, WAREHOUSE, logged

LIST = "/access/refused/"
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+')


@pytest.fixture
def desk(provider: None) -> Client:
    return make_client(client_name="Query Desk")[0]


@pytest.fixture
def browser(person: User) -> Browser:
    return browser_of(person)


def path(reference: str) -> str:
    return reverse("consent:refusal", args=[reference])


def said(browser: Browser, reference: str) -> str:
    response = browser.get(path(reference))
    assert response.status_code == 200
    return response.content.decode()


def refused(person: User, desk: Client, decision: Decision = DENIED, **more: Any) -> str:
    return logged(decision, subject=person.pk, client_id=desk.client_id, **more).reference


def test_a_person_learns_what_was_asked_through_what_and_why(
    browser: Browser, person: User, desk: Client
) -> None:
    make_resource_server(audience=WAREHOUSE)
    html = said(browser, refused(person, desk))
    for text in ("Query Desk", "Warehouse", SALARY, *DENIED.reasons, "Reading data"):
        assert text in html


def test_it_is_found_however_the_reference_was_copied(
    browser: Browser, person: User, desk: Client
) -> None:
    reference = refused(person, desk, decision_id="0a1bc-defgh")
    for typed in (" 0A1BC-DEFGH ", "oaibcdefgh", "0a1bc defgh", "OALBC-DEFGH"):
        response = browser.get(LIST, {"reference": typed})
        assert response.status_code == 200, typed
        assert reference in response.content.decode()


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (DENIED, "Nothing that you could do yourself"),
        (APPROVABLE, "Have exactly this request approved."),
        (Decision(permit=False, remedy=Remedy(scopes=("payments",))), "to do more: Payments."),
        (Decision(permit=False, remedy=Remedy(acr_values=("strong",))), "in a stronger way"),
        (Decision(permit=False, remedy=Remedy(max_age=60)), "Sign in again"),
        (Decision(permit=False), "No rule allows it."),
        (Decision(permit=False, reasons=("policy_error",)), "It could not be decided"),
    ],
)
def test_a_person_learns_what_would_help(
    browser: Browser, person: User, desk: Client, decision: Decision, told: str
) -> None:
    make_scope(name="payments")
    assert told in said(browser, refused(person, desk, decision))


def answers(browser: Browser, references: list[str], query: bool) -> set[tuple[int, str]]:
    found = set()
    for reference in references:
        address = f"{LIST}?reference={reference}" if query else path(reference)
        response = browser.get(address)
        body = TOKEN.sub("…", response.content.decode().replace(reference, "…"))
        found.add((response.status_code, body))
    return found


@pytest.mark.parametrize("query", [False, True])
def test_unknown_foreign_and_malformed_references_answer_alike(
    browser: Browser, person: User, other_person: User, desk: Client, query: bool
) -> None:
    foreign = refused(other_person, desk)
    permitted = refused(person, desk, PERMITTED)
    of_a_client = logged(
        subject=desk.client_id, subject_type="client", client_id=desk.client_id
    ).reference
    alike = logged(subject=person.pk, subject_type="client").reference
    references = [foreign, permitted, of_a_client, alike, new_reference(), "nonsense", "x" * 10]
    ((status, body),) = answers(browser, references, query)
    assert status == 404
    assert "There is no such refusal of yours" in body


@pytest.mark.parametrize("typed", ["<script>", "'; DROP TABLE", "/../", "ſ" * 10, "٠" * 10])
def test_what_is_no_reference_is_no_error(browser: Browser, typed: str) -> None:
    response = browser.get(LIST, {"reference": typed})
    assert response.status_code == 404
    assert "<script>" not in response.content.decode()


def test_nobody_sees_anything_without_signing_in(person: User, desk: Client) -> None:
    for address in (path(refused(person, desk)), path(new_reference()), LIST):
        assert Browser().get(address).status_code == 302


def test_the_list_has_only_ones_own_denials(
    browser: Browser, person: User, other_person: User, desk: Client
) -> None:
    own = refused(person, desk)
    others = [refused(other_person, desk), refused(person, desk, PERMITTED)]
    html = browser.get(LIST).content.decode()
    assert own in html
    assert not [reference for reference in others if reference in html]


def test_text_from_elsewhere_is_only_text(browser: Browser, person: User, desk: Client) -> None:
    evil = '<script>alert(1)</script><a href="//evil">'
    denial = Decision(
        permit=False,
        reasons=(evil, "turned\u202eround"),
        obligations=(Obligation(id=evil),),
    )
    reference = refused(
        person, desk, denial, resource=evil, action=evil, properties={"columns": [evil]}
    )
    for html in (said(browser, reference), browser.get(LIST).content.decode()):
        assert "<script>alert" not in html
        assert 'href="//evil' not in html
        assert "\u202e" not in html


def test_whoever_may_read_the_log_is_led_there(
    person: User, desk: Client, other_person: User
) -> None:
    reference = refused(other_person, desk)
    reader = browser_of(staff("policy.view_loggeddecision"))
    response = reader.get(path(reference))
    assert response["Location"] == reverse("admin:policy_decision", args=[reference])
    assert reader.get(path("nonsense")).status_code == 404


def test_a_page_takes_few_statements(
    browser: Browser, person: User, desk: Client, django_assert_max_num_queries: Any
) -> None:
    references = [refused(person, desk) for _ in range(15)]
    browser.get(LIST)
    with django_assert_max_num_queries(9):
        browser.get(LIST)
    with django_assert_max_num_queries(9):
        browser.get(path(references[0]))
