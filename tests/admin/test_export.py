"""Exports: what they contain, what spreadsheets make of them, how much memory they take."""

import csv
import io
import json
import tracemalloc
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from consent.models import Grant, ScopeDecision
from foundation.directory.models import Client, User
from foundation.journal.acts import Actor, Entry, Kind, link, record
from foundation.journal.models import Act
from tests.admin.conftest import browser_of, staff
from tests.admin.records import make_history
from tests.consent.history.reading import findings

GRANTS = reverse("admin:consent_grant_export")
DECISIONS = reverse("admin:consent_scopedecision_export")
HISTORY = reverse("admin:history_export")


@pytest.fixture
def grant(person: User, application: Client) -> Grant:
    return make_history(person, application)


def export(browser: Browser, path: str, form: str = "jsonl") -> str:
    response = browser.post(path, {"format": form})
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_grants_are_exported_whole(browser: Browser, grant: Grant) -> None:
    (row,) = objects(export(browser, GRANTS))

    assert row["grant_id"] == str(grant.pk)
    assert row["username"] == "ada"
    assert row["scopes"] == grant.scopes
    assert row["created_at"].endswith("Z")
    (cell,) = cells(export(browser, GRANTS, "csv"))
    assert json.loads(cell["scopes"]) == grant.scopes
    assert cell["revoked_at"] == ""


def test_only_what_is_filtered_is_exported(browser: Browser, grant: Grant) -> None:
    denied = objects(export(browser, f"{DECISIONS}?state=denied"))

    assert {row["scope"] for row in denied} == {"phone", "email"}
    assert {row["state"] for row in denied} == {"denied"}
    assert objects(export(browser, f"{DECISIONS}?q=nobody")) == []
    assert {r["kind"] for r in objects(export(browser, f"{HISTORY}?kind=denied"))} == {"denied"}


def test_the_history_is_exported_with_its_place_in_the_chain(
    browser: Browser, grant: Grant
) -> None:
    acts = {str(act.pk): act for act in Act.objects.all()}

    rows = objects(export(browser, HISTORY))

    assert {row["act_id"] for row in rows} == acts.keys()
    assert all(row["hash"] == acts[row["act_id"]].hash for row in rows)


@pytest.mark.parametrize("path", [GRANTS, DECISIONS, HISTORY])
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_is_an_act(
    browser: Browser, administrator: User, grant: Grant, path: str, form: str
) -> None:
    query = f"client={grant.client_id}"
    rows = browser.post(f"{path}?{query}", {"format": form})["X-Export-Rows"]

    act = Act.objects.select_related("personal").get(kind=Kind.EXPORTED)
    assert act.actor == Actor.ADMINISTRATOR
    assert act.client_id == grant.client_id
    assert act.detail["format"] == form
    assert act.detail["rows"] == int(rows)
    assert act.personal.actor_id == str(administrator.pk)
    assert act.personal.reason == query
    link()
    assert findings() == []


def test_an_export_about_one_person_is_in_that_person_s_history(
    browser: Browser, grant: Grant
) -> None:
    export(browser, f"{HISTORY}?person={grant.user_id}")

    html = browser_of(grant.user).get(reverse("consent:history")).content.decode()
    assert "An administrator exported records about you." in html


@pytest.mark.parametrize("path", [GRANTS, DECISIONS, HISTORY])
def test_what_is_no_export_is_no_act(browser: Browser, grant: Grant, path: str) -> None:
    assert browser.get(path).status_code == 405
    assert browser.post(path, {"format": "xlsx"}).status_code == 400
    assert browser.post(path).status_code == 400
    assert not Act.objects.filter(kind=Kind.EXPORTED).exists()


@pytest.mark.parametrize(
    "path",
    [f"{HISTORY}?grant=x", f"{GRANTS}?user__id__exact=x", f"{GRANTS}?user__password__startswith=a"],
)
def test_a_filter_that_cannot_be_is_refused(browser: Browser, grant: Grant, path: str) -> None:
    assert browser.post(path, {"format": "csv"}).status_code == 400
    assert not Act.objects.filter(kind=Kind.EXPORTED).exists()


@pytest.mark.parametrize("path", [GRANTS, DECISIONS, HISTORY])
def test_who_may_not_look_exports_nothing(grant: Grant, path: str) -> None:
    stranger = browser_of(staff("directory.view_user"))

    assert stranger.post(path, {"format": "csv"}).status_code == 403
    assert not Act.objects.filter(kind=Kind.EXPORTED).exists()


def test_a_post_from_elsewhere_exports_nothing(administrator: User, grant: Grant) -> None:
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(administrator, backend="idp.accounts.auth_backend.AuthenticationBackend")

    assert strict.post(HISTORY, {"format": "csv"}).status_code == 403


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("x","y")'],
)
def test_no_cell_is_a_formula(browser: Browser, person: User, text: str) -> None:
    entry = Entry(
        kind=Kind.REVOKED, actor=Actor.PERSON, person=person.pk, user_agent=text, reason=text
    )
    record([entry])

    (row,) = cells(export(browser, f"{HISTORY}?kind=revoked", "csv"))

    assert row["reason"] == f"'{text}".replace("\r", row["reason"][1:2] if "\r" in text else "")
    assert row["user_agent"].startswith("'")
    (exact,) = objects(export(browser, f"{HISTORY}?kind=revoked"))
    assert exact["reason"] == text


@pytest.mark.parametrize("text", ['a,b;"c"', "line\nbreak", "ümlaut ✓", "1-2"])
def test_every_other_text_comes_through(browser: Browser, person: User, text: str) -> None:
    record([Entry(kind=Kind.REVOKED, actor=Actor.PERSON, person=person.pk, reason=text)])

    (row,) = cells(export(browser, f"{HISTORY}?kind=revoked", "csv"))

    assert row["reason"] == text


MANY = 10_000
FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)
INSERT INTO consent_scopedecision (user_id, client_id, grant_id, scope, outcome, decided_at,
    withheld_claims, text_version, locale, acr, address, user_agent, kept_with, shared_email)
SELECT user_id, client_id, grant_id, 'scope:' || i, outcome, decided_at, withheld_claims,
    text_version, locale, acr, address, user_agent, kept_with, shared_email
FROM consent_scopedecision, n WHERE consent_scopedecision.id = %s
"""


@pytest.mark.both_databases
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_ten_thousand_rows_take_the_memory_of_a_few(
    browser: Browser, grant: Grant, form: str
) -> None:
    template = ScopeDecision.objects.get(scope="phone")
    with connection.cursor() as cursor:
        cursor.execute(FILL, [MANY, template.pk])
    response = browser.post(f"{DECISIONS}?state=denied", {"format": form})
    rows = ScopeDecision.objects.filter(outcome="denied").count()
    assert response["X-Export-Rows"] == "10000+"
    assert Act.objects.get(kind=Kind.EXPORTED).detail["rows"] == "10000+"
    lines = size = 0

    tracemalloc.start()
    for chunk in response.streaming_content:  # type: ignore[attr-defined]
        lines, size = lines + chunk.count(b"\n"), size + len(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert rows >= MANY
    assert lines == rows + (form == "csv")
    assert size > 2_000_000
    assert peak < 5_000_000, peak
