"""The pages of people in the administration ask no more for more people."""

from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.directory.models import User
from tests.approvals.asking import make_someone

ONE_PERSON, ALL_PEOPLE = 12, 7


def statements(browser: Browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def test_the_page_of_a_person_and_the_list_take_few_statements_however_many_there_are(
    browser: Browser, person: User, still: None
) -> None:
    page = reverse("admin:directory_user_change", args=[person.pk])
    listed = reverse("admin:directory_user_changelist")
    person.groups.create(name="analysts")
    few = statements(browser, page), statements(browser, listed)
    for number in range(50):
        someone = make_someone(f"person{number}")
        someone.groups.create(name=f"group {number}")

    assert (statements(browser, page), statements(browser, listed)) == few
    assert few[0] <= ONE_PERSON
    assert few[1] <= ALL_PEOPLE
    assert len(browser.get(listed).content) <= 60_000
