"""What was changed, by whom: the timeline of each object, and the page of all changes."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from claims.catalogue.models import Scope
from claims.models import Attribute, ClaimMapping
from console.common import paging
from foundation.base.configuration.deciding import deciding_models
from foundation.directory.models import Client, User
from foundation.journal.acts import Actor, Kind, link, record_changes
from foundation.journal.erasure import erase_history_of
from foundation.journal.models import Act
from tests.admin.conftest import browser_of, staff
from tests.admin.forms import submit
from tests.consent.history.reading import in_database, tamper

PATH = reverse("admin:changes")
EXPORT = reverse("admin:changes_export")
ADMINS: list[Any] = sorted(admin.site._registry.values(), key=lambda own: own.opts.label)
DECIDING = [own for own in ADMINS if own.model in deciding_models()]


def shown(browser: Browser, address: str, **query: Any) -> list[Any]:
    record_changes()
    link()
    response = browser.get(address, query)
    assert response.status_code == 200
    return list(response.context["act_entries"])


def timeline_of(row: Any) -> str:
    options = row._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_history", args=[row.pk])


@pytest.fixture
def scope() -> Scope:
    return Scope.objects.get(name="roles")


@pytest.fixture
def renamed(browser: Browser, scope: Scope) -> Scope:
    """A scope whose title an administrator has changed."""
    change = reverse("admin:catalogue_scope_change", args=[scope.pk])
    assert submit(browser, change, title="Your roles at work").status_code == 302
    return scope


# --- timelines ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("one_of_everything")
@pytest.mark.parametrize("own", DECIDING, ids=lambda own: own.opts.label)
def test_every_object_that_decides_has_a_timeline_that_its_page_leads_to(
    own: Any, browser: Browser
) -> None:
    row = own.model._default_manager.first()

    acts = shown(browser, timeline_of(row))

    assert acts, "its making is an act"
    assert {entry.chain.verdict.value for entry in acts} == {"verified"}
    page = browser.get(own.address("change", row.pk)).content.decode()
    assert f'href="{timeline_of(row)}"' in page


@pytest.mark.usefixtures("one_of_everything")
@pytest.mark.parametrize("own", ADMINS, ids=lambda own: own.opts.label)
def test_no_timeline_opens_without_the_right_to_look_at_both(own: Any) -> None:
    address = timeline_of(own.model._default_manager.first())
    view = f"{own.opts.app_label}.view_{own.opts.model_name}"

    assert browser_of(staff(view, username="s1")).get(address).status_code == 403
    assert browser_of(staff("journal.view_act", username="s2")).get(address).status_code == 403


def test_a_timeline_says_who_changed_what_from_what_to_what(
    browser: Browser, administrator: User, renamed: Scope
) -> None:
    newest = shown(browser, timeline_of(renamed))[0]

    assert newest.act.kind == Kind.CHANGED
    assert newest.by == str(administrator)
    assert ("Roles", "Your roles at work") in [(f.before, f.after) for f in newest.fields]
    assert newest.address == reverse("admin:catalogue_scope_change", args=[renamed.pk])


def test_a_change_past_the_forms_is_in_it_too(browser: Browser, scope: Scope) -> None:
    Scope.objects.filter(pk=scope.pk).update(title="Quietly")

    newest = shown(browser, timeline_of(scope))[0]

    assert [field.after for field in newest.fields] == ["Quietly"]
    assert newest.act.actor != Actor.ADMINISTRATOR


def test_a_timeline_shows_that_an_act_was_tampered_with(browser: Browser, renamed: Scope) -> None:
    newest = shown(browser, timeline_of(renamed))[0]
    tamper("UPDATE journal_act SET actor = 'system' WHERE id = %s", in_database(newest.act.pk))

    assert shown(browser, timeline_of(renamed))[0].chain.verdict.value == "broken"


def test_keys_are_shown_as_names_and_secrets_as_replaced(
    browser: Browser, application: Client, person: User
) -> None:
    mapping = ClaimMapping.objects.get(claim="roles")
    mapping.attribute = Attribute.objects.get(name="projects")
    mapping.save()
    browser.post(reverse("admin:directory_client_rotate_secret", args=[application.pk]))

    (moved,) = shown(browser, timeline_of(mapping))[0].fields
    (rotated,) = shown(browser, timeline_of(application))[0].fields

    assert (moved.before, moved.after) == ("Roles", "Projects")
    assert rotated.remark == "was replaced"
    assert (rotated.before, rotated.after) == ("–", "–")


def test_a_timeline_of_another_kind_of_row_with_the_same_key_is_another(
    browser: Browser, renamed: Scope
) -> None:
    Group.objects.create(pk=renamed.pk, name="namesakes")

    assert all(e.act.object_kind == "auth.group" for e in shown(
        browser, reverse("admin:auth_group_history", args=[renamed.pk])))  # fmt: skip


def test_what_is_not_there_has_no_timeline(browser: Browser) -> None:
    assert browser.get(reverse("admin:catalogue_scope_history", args=[0])).status_code == 404


def test_there_is_no_second_log(browser: Browser, renamed: Scope) -> None:
    browser.post(reverse("admin:catalogue_scope_delete", args=[renamed.pk]), {"post": "yes"})

    assert not Scope.objects.filter(pk=renamed.pk).exists()
    assert not LogEntry.objects.exists()
    (removed,) = [e for e in shown(browser, PATH) if e.act.kind == Kind.REMOVED]
    assert removed.address == "", "a page that is gone is not linked"


# --- everything that changed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({}, True),
        ({"by": "root"}, True),
        ({"by": "nobody"}, False),
        ({"actor": "administrator"}, True),
        ({"actor": "system"}, False),
        ({"object": "catalogue.scope"}, True),
        ({"object": "auth.group"}, False),
        ({"object": "nothing.such"}, False),
        ({"until": "2020-01-01"}, False),
        ({"since": "2020-01-01", "by": "root", "object": "catalogue.scope"}, True),
        ({"since": "yesterday"}, False),
    ],
)
def test_changes_are_found_by(
    browser: Browser, renamed: Scope, query: dict[str, str], is_found: bool
) -> None:
    titles = [f.after for entry in shown(browser, PATH, **query) for f in entry.fields]

    assert ("Your roles at work" in titles) is is_found


def test_what_people_answer_is_no_change(browser: Browser, one_of_everything: None) -> None:
    kinds = {entry.act.kind for entry in shown(browser, PATH)}

    assert Kind.CREATED in kinds
    assert not kinds & {Kind.ASKED, Kind.GRANTED, Kind.SHOWN, Kind.QUERY_REQUESTED}


def test_without_a_day_it_begins_thirty_days_ago(browser: Browser, renamed: Scope) -> None:
    record_changes()
    old = Act.objects.filter(kind=Kind.CHANGED).latest("at")
    tamper(
        "UPDATE journal_act SET at = %s WHERE id = %s",
        timezone.now() - timedelta(days=31),
        in_database(old.pk),
    )

    assert old.pk not in [entry.act.pk for entry in shown(browser, PATH)]
    assert old.pk in [entry.act.pk for entry in shown(browser, PATH, since="2020-01-01")]


def test_values_about_people_go_with_their_erasure(browser: Browser, person: User) -> None:
    submit(browser, reverse("admin:directory_user_change", args=[person.pk]), title="Captain")
    before = {f.after for e in shown(browser, PATH) for f in e.fields}

    erase_history_of(person.pk)

    after = shown(browser, PATH)
    assert "Captain" in before
    assert "Captain" not in {f.after for e in after for f in e.fields}
    assert "erased" in {f.remark for e in after for f in e.fields}


def test_statements_do_not_grow_with_the_acts(
    browser: Browser, one_of_everything: None, django_assert_max_num_queries: Any
) -> None:
    assert len(shown(browser, PATH)) == paging.PER_PAGE

    with django_assert_max_num_queries(21):
        browser.get(PATH)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_all_that_is_filtered_is_exported_and_that_is_an_act(
    browser: Browser, administrator: User, renamed: Scope, form: str
) -> None:
    expected = len(shown(browser, PATH, object="catalogue.scope"))

    response = browser.post(f"{EXPORT}?object=catalogue.scope", {"format": form})

    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    rows = (
        list(csv.DictReader(io.StringIO(text)))
        if form == "csv"
        else [json.loads(line) for line in text.splitlines()]
    )
    assert len(rows) == expected > 0
    assert "Your roles at work" in str(rows[-1]["detail"])
    act = Act.objects.select_related("personal").get(kind=Kind.EXPORTED)
    assert act.detail == {"what": "changes", "format": form, "rows": expected}
    assert act.personal.actor_id == str(administrator.pk)


def test_a_filter_that_makes_no_sense_exports_nothing(browser: Browser) -> None:
    assert browser.post(f"{EXPORT}?since=yesterday", {"format": "csv"}).status_code == 400
    assert not Act.objects.filter(kind=Kind.EXPORTED).exists()
