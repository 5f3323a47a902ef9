"""Recent sign-ins: what the person reads and can do, and what administrators see."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from foundation.directory.models import RiskThreshold, RiskWeight, SignInRecord, User
from foundation.directory.risk.rules import current_rules, install_defaults
from foundation.journal.models import Act, Kind
from tests.admin.conftest import browser_of, staff
from tests.factories import make_person
from tests.risk.conftest import (
    AWAY,
    CHROME,
    HOME,
    At,
    is_signed_in,
    last,
    move,
    points,
    set_threshold,
    set_weight,
    sign_in,
    signed_in,
)

pytestmark = pytest.mark.django_db
PAGE = "/accounts/sign-ins/"


def words(response: Any) -> str:
    """Return the text of a page, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(response.content.decode())).split())


def disown(browser: Browser, record: SignInRecord | str) -> Any:
    chosen = record.pk if isinstance(record, SignInRecord) else record
    return browser.post(PAGE, {"disown": chosen})


def test_page_says_when_from_where_and_what_was_unusual(ada: User) -> None:
    home = signed_in(ada)
    signed_in(ada, AWAY, CHROME)

    said = words(home.get(PAGE))

    assert "Chrome on Windows Unusual" in said
    assert "Network 198.51.100.0/24" in said
    assert AWAY not in said
    assert "This device has not been used before." in said
    assert "This network has not been used before." in said
    assert "Firefox on Linux This session" in said


def test_page_is_in_the_language_of_its_reader(ada: User) -> None:
    home = signed_in(ada)
    signed_in(ada, AWAY, CHROME)

    said = words(home.get(PAGE, headers={"accept-language": "de"}))

    assert "Dieses Gerät wurde bisher nicht verwendet." in said


def test_sign_ins_of_another_are_not_shown(ada: User, other_person: User) -> None:
    signed_in(other_person, AWAY)

    assert "198.51.100.0/24" not in words(signed_in(ada).get(PAGE))


def test_stranger_is_sent_to_sign_in(db: None) -> None:
    assert Browser().get(PAGE)["Location"].startswith("/accounts/login/")
    assert Browser().post(PAGE, {"disown": "1"})["Location"].startswith("/accounts/login/")


def test_disowned_session_ends(ada: User) -> None:
    home = signed_in(ada)
    thief = signed_in(ada, AWAY, CHROME)

    said = words(home.get(disown(home, last(ada))["Location"]))

    assert not is_signed_in(thief)
    assert is_signed_in(home)
    assert "Change your password now" in said
    assert "You said that this was not you." in said


def test_disowned_session_takes_its_lasting_tokens_along(ada: User, at: At) -> None:
    rp = at(AWAY)
    tokens = rp.obtain_tokens(ada, scope="openid offline_access", prompt="consent")
    record = last(ada)
    rp.browser.post("/accounts/logout/")
    assert rp.introspect(tokens["access_token"]).json()["active"]

    home = signed_in(ada)
    disown(home, record)

    assert rp.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_disowned_sign_in_makes_nothing_familiar_any_more(ada: User) -> None:
    home = signed_in(ada)
    thief = signed_in(ada, HOME, CHROME)
    record = last(ada)
    assert record.is_trusted

    disown(home, record)
    sign_in(thief, ada)

    assert points(last(ada))["new_device"] == 100


def test_disowning_is_an_act_and_happens_once(ada: User) -> None:
    home = signed_in(ada)
    signed_in(ada, AWAY, CHROME)
    record = last(ada)
    disown(home, record)
    at_first = SignInRecord.objects.get(pk=record.pk).disowned_at
    disown(home, record)

    act = Act.objects.select_related("personal").get(kind=Kind.SESSION_ENDED)
    assert (act.actor, act.personal.address) == ("person", HOME)
    assert SignInRecord.objects.get(pk=record.pk).disowned_at == at_first


def test_sign_in_of_another_cannot_be_disowned(ada: User, other_person: User) -> None:
    hers = signed_in(other_person)

    assert disown(signed_in(ada), last(other_person)).status_code == 404
    assert is_signed_in(hers)


def test_this_very_session_cannot_be_disowned(ada: User) -> None:
    """Who is here is here; signing out has a button of its own."""
    home = signed_in(ada)

    assert disown(home, last(ada)).status_code == 404
    assert is_signed_in(home)


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "²", "9" * 40, "0", "999999999999"])
def test_nonsense_disowns_nothing(ada: User, nonsense: str) -> None:
    home, other = signed_in(ada), signed_in(ada)

    assert disown(home, nonsense).status_code == 404
    assert is_signed_in(other)


def test_disowning_takes_a_form_of_this_site(ada: User) -> None:
    home = signed_in(ada)
    other = signed_in(ada)
    strict = Browser(enforce_csrf_checks=True, REMOTE_ADDR=HOME)
    strict.defaults.update(home.defaults)
    strict.cookies = home.cookies

    assert disown(strict, last(ada)).status_code == 403
    assert is_signed_in(other)


def test_session_that_was_ended_for_its_risk_says_so(ada: User) -> None:
    home = signed_in(ada)
    SignInRecord.objects.create(
        user=ada,
        at=timezone.now(),
        occasion="change",
        sid="gone",
        score=95,
        parts=[["browser_changed", 100, [], 95]],
        is_trusted=False,
        has_ended_session=True,
    )

    said = words(home.get(PAGE))

    assert "The session was ended for this." in said
    assert "That was not me" not in said


def test_page_takes_as_many_statements_for_many_sign_ins(
    ada: User, django_assert_max_num_queries: Any
) -> None:
    home = signed_in(ada)
    for _ in range(5):
        signed_in(ada)
    home.get(PAGE)

    with django_assert_max_num_queries(10):
        home.get(PAGE)


# Administration ----------------------------------------------------------------------------------


@pytest.fixture
def administrator(defaults: None) -> Browser:
    return browser_of(make_person(username="root", is_staff=True, is_superuser=True))


def page_of(person: User) -> str:
    return reverse("admin:directory_user_change", args=[person.pk])


def test_administrator_sees_every_part_with_its_points(ada: User, administrator: Browser) -> None:
    signed_in(ada)
    signed_in(ada, AWAY, CHROME)

    said = words(administrator.get(page_of(ada)))

    assert "40 · Unusual" in said
    assert "100 % × 25 = 25 · This device has not been used before." in said
    assert "– · There are too few sign-ins yet" in said
    assert AWAY not in said


def test_person_without_sign_ins_has_no_such_section(ada: User, administrator: Browser) -> None:
    assert "Last sign-ins" not in words(administrator.get(page_of(ada)))


def weights_form(**changes: str) -> dict[str, str]:
    rows = list(RiskWeight.objects.order_by("pk"))
    form = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": str(len(rows)), "_save": "1"}
    for place, row in enumerate(rows):
        form |= {f"form-{place}-id": str(row.pk), f"form-{place}-is_on": "on"}
        form[f"form-{place}-weight"] = changes.get(row.part, str(row.weight))
    return form


def test_weights_are_changed_on_one_page_and_count_at_once(administrator: Browser) -> None:
    assert current_rules().weights["new_device"] == 25

    administrator.post(
        reverse("admin:directory_riskweight_changelist"), weights_form(new_device="60")
    )

    assert current_rules().weights["new_device"] == 60


@pytest.mark.parametrize("weight", ["101", "-1", "", "many"])
def test_weight_out_of_range_is_refused(administrator: Browser, weight: str) -> None:
    administrator.post(
        reverse("admin:directory_riskweight_changelist"), weights_form(new_device=weight)
    )

    assert current_rules().weights["new_device"] == 25


@pytest.mark.parametrize("model", [RiskWeight, RiskThreshold])
def test_rows_are_neither_added_nor_deleted(administrator: Browser, model: Any) -> None:
    name = f"admin:directory_{model._meta.model_name}"

    assert administrator.get(reverse(f"{name}_add")).status_code == 403
    row = model.objects.first()
    assert administrator.post(reverse(f"{name}_delete", args=[row.pk])).status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


def test_weights_are_not_for_everybody_in_the_administration(ada: User) -> None:
    answer = browser_of(staff("directory.view_user")).post(
        reverse("admin:directory_riskweight_changelist"), weights_form(new_device="0")
    )

    assert answer.status_code == 403
    assert current_rules().weights["new_device"] == 25


def test_what_an_administrator_changed_survives_an_update(defaults: None) -> None:
    set_weight("new_device", 7, is_on=False)
    install_defaults()

    assert "new_device" not in current_rules().weights


def test_moved_browser_of_an_administrator_is_judged_too(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)
    browser = signed_in(ada)
    set_threshold("end_session", 60)

    assert move(browser, AWAY, CHROME).get("/admin/").status_code == 403


def test_relying_party_is_none_the_wiser(at: At, ada: User) -> None:
    """A score is between the person and this provider; no token tells of it."""
    rp = at()
    tokens = rp.obtain_tokens(ada, scope="openid email")

    assert "risk" not in str(rp.introspect(tokens["access_token"]).json())
