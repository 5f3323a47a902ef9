"""Synchronisations of a directory in the administration."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from foundation.directory.sources.models import DirectoryRun, LdapDirectory, RunState
from tests.admin.conftest import browser_of
from tests.factories import make_person

MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def directory(db: None) -> LdapDirectory:
    return LdapDirectory.objects.create(
        title="Staff",
        url="ldaps://ldap.example.com",
        bind_dn="cn=a",
        people_base="ou=p",
        is_on=True,
    )


def page(directory: LdapDirectory) -> str:
    return reverse("admin:sources_ldapdirectory_synchronisation", args=[directory.pk])


def run_of(directory: LdapDirectory, **columns: Any) -> DirectoryRun:
    said: dict[str, Any] = {"state": RunState.STOPPED, "counts": {"gone": 12, "kept": 3}}
    return DirectoryRun.objects.create(directory=directory, **{**said, **columns})


def post(browser: Browser, directory: LdapDirectory, **fields: str) -> str:
    return browser.post(page(directory), fields, follow=True).content.decode()


@pytest.mark.parametrize(("what", "is_dry"), [("run", False), ("dry", True)])
def test_a_run_waits_for_a_worker(
    browser: Browser, administrator: Any, directory: LdapDirectory, what: str, is_dry: bool
) -> None:
    said = post(browser, directory, what=what)

    run = DirectoryRun.objects.get()
    assert (run.is_dry, run.state, run.asked_by) == (is_dry, "wanted", administrator)
    assert "Look again" in said
    assert "One is waiting" in post(browser, directory, what=what)
    assert DirectoryRun.objects.count() == 1


def test_a_directory_that_is_off_is_only_tried(browser: Browser, directory: LdapDirectory) -> None:
    directory.is_on = False
    directory.save()

    assert "only a dry run" in post(browser, directory, what="run")
    assert not DirectoryRun.objects.exists()
    post(browser, directory, what="dry")
    assert DirectoryRun.objects.get().is_dry


def test_letting_go_is_asked_about_and_bound_to_what_was_seen(
    browser: Browser, directory: LdapDirectory
) -> None:
    stopped = run_of(directory)
    assert f"?let_go={stopped.pk}" in browser.get(page(directory)).content.decode()

    question = browser.get(page(directory), {"let_go": stopped.pk}).content.decode()

    assert "12 people and 3 memberships" in question
    assert DirectoryRun.objects.count() == 1
    post(browser, directory, what="let_go", run=str(stopped.pk))
    run = DirectoryRun.objects.exclude(pk=stopped.pk).get()
    assert (run.let_go_people, run.let_go_memberships, run.is_dry) == (12, 3, False)


@pytest.mark.parametrize("key", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_no_run_of_another_directory_counts(
    browser: Browser, directory: LdapDirectory, key: str
) -> None:
    other = LdapDirectory.objects.create(title="B", url="ldaps://b", bind_dn="cn=a")
    for asked in (key, str(run_of(other).pk)):
        fields = {"what": "let_go", "run": asked}
        assert browser.post(page(directory), fields).status_code == 404
        DirectoryRun.objects.all().delete()
    assert not DirectoryRun.objects.exists()


def test_differences_are_shown_field_by_field_as_texts(
    browser: Browser, directory: LdapDirectory
) -> None:
    person = make_person()
    said = {"kind": "person", "key": str(person.pk), "name": MARKUP, "became": "changed"}
    email, active = ["a@example.org", MARKUP], [True, False]
    made = {"kind": "group", "key": None, "became": "made", "differences": {"name": ["", "Rings"]}}
    differences = [
        {**said, "differences": {"email": email, "is_active": active}, "complaints": [MARKUP]},
        {**said, **made, "complaints": []},
    ]
    run_of(directory, state=RunState.DONE, differences=differences, counts={"changed": 1})

    shown = browser.get(page(directory)).content.decode()

    assert MARKUP not in shown
    assert reverse("admin:directory_user_change", args=[person.pk]) in shown
    assert "a@example.org" in shown
    assert "People changed" in shown
    assert "let_go" not in shown


def test_only_superusers_see_it(directory: LdapDirectory) -> None:
    onlooker = browser_of(make_person(username="otto", is_staff=True))

    assert onlooker.get(page(directory)).status_code in {302, 403}
    assert onlooker.post(page(directory), {"what": "run"}).status_code in {302, 403}
    assert not DirectoryRun.objects.exists()
