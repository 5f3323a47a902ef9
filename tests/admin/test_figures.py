"""Figures: what is counted, and how it is drawn."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from consent.grants import figures, services as grant_services
from console.figures import charts
from console.figures.figures import answers, standing_by_client
from foundation.directory.models import Client, User
from foundation.journal.acts import Actor, Entry, Kind, record
from tests.consent.asking import Asking
from tests.factories import make_client

PATH = reverse("admin:figures")


def answered(kind: Kind, scope: str, days_ago: int = 0) -> None:
    at = timezone.now() - timedelta(days=days_ago)
    record([Entry(kind=kind, actor=Actor.PERSON, scope=scope, at=at)])


def test_the_deny_rate_is_noes_among_answers() -> None:
    for kind in (Kind.GRANTED, Kind.DENIED, Kind.DENIED, Kind.DENIED):
        answered(kind, "phone")
    answered(Kind.GRANTED, "email")
    answered(Kind.REVOKED, "email")

    rates = answers(30).rates

    assert [(r.scope, r.asked, r.percent) for r in rates] == [("phone", 4, 75.0), ("email", 1, 0.0)]


def test_scopes_that_nobody_was_asked_about_do_not_count(person: User, application: Client) -> None:
    Asking(person, application).allow(["email"], ["email"])

    assert [rate.scope for rate in answers(30).rates] == ["email"]


def test_every_day_of_the_period_is_there() -> None:
    answered(Kind.GRANTED, "email")
    answered(Kind.GRANTED, "email", 29)
    answered(Kind.GRANTED, "email", 31)
    answered(Kind.DENIED, "email", 5)

    days = answers(30).days

    assert len(days) == 30
    assert (days[0][1], days[-1][1], sum(count for _, count in days)) == (1, 1, 2)
    assert sum(count for _, count in answers(90).days) == 3


def test_standing_grants_are_counted_by_application(person: User, application: Client) -> None:
    Asking(person, application).allow(["email"], ["email"])
    ended = Asking(person, make_client(client_name="Gone")[0]).allow(["email"], ["email"])
    grant_services.revoke_grant(ended)

    assert standing_by_client()[1] == [("Example", 1)]


def test_very_many_standing_grants_are_said_to_be_counted_once_a_day(
    browser: Browser, person: User, application: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    Asking(person, application).allow(["email"], ["email"])
    monkeypatch.setattr(figures, "MOST_COUNTED", 0)
    before = browser.get(PATH).content.decode()

    figures.keep_standing()
    after = browser.get(PATH).content.decode()

    assert "counted once a day, and have not been yet" in before
    assert "Counted on" in after
    assert '<th scope="row">Example</th>' in after


def test_the_page_takes_few_statements(
    browser: Browser, person: User, application: Client, django_assert_max_num_queries: Any
) -> None:
    Asking(person, application).allow(["email", "roles"], ["email"])
    browser.get(PATH)

    with django_assert_max_num_queries(10):
        browser.get(PATH, {"days": "90"})


@pytest.mark.parametrize("query", ["", "?days=90", "?days=x", "?days=100000"])
def test_it_is_drawn_without_any_figure_and_for_any_period(browser: Browser, query: str) -> None:
    response = browser.get(PATH + query)

    assert response.status_code == 200
    assert "Nobody was asked in this period." in response.content.decode()


def test_every_chart_has_its_table_and_no_style(
    browser: Browser, person: User, application: Client
) -> None:
    Asking(person, application).allow(["email", "roles"], ["email"])

    html = browser.get(PATH, HTTP_ACCEPT_LANGUAGE="de").content.decode()

    drawn = re.findall(r'<svg class="chart".*?</svg>\s*<details>', html, re.DOTALL)
    assert len(drawn) == 3
    assert all("style=" not in svg for svg in drawn)
    assert not re.search(r'(?:x|y|width|height)="\d+,\d', html), "German decimals are no numbers"


def test_a_name_is_no_markup(browser: Browser, person: User) -> None:
    client = make_client(client_name="<script>alert(1)</script>")[0]
    Asking(person, client).allow(["email"], ["email"])

    assert "<script>alert(1)" not in browser.get(PATH).content.decode()


def test_bars_stay_inside_the_drawing() -> None:
    chart = charts.columns([("a", 0), ("b", 7), ("c", 10**9)])

    assert all(0 <= bar.y <= charts.BASELINE for bar in chart.bars)
    assert max(bar.height for bar in chart.bars) == charts.BASELINE - 20
    assert all(bar.x + bar.width <= charts.WIDTH for bar in chart.bars)
    assert charts.columns([("a", 0)]).is_empty
    assert [bar.width for bar in charts.rows([("a", 0, "0")], 0).bars] == [0]
