"""Every mail can be said in the house's own words, which can do nothing but stand there."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent.approvals.models import Event
from foundation.base import conf
from foundation.base.house.letter_parts import Letter
from foundation.base.house.letters import LETTERS
from foundation.base.house.mail_texts import (
    PLACEHOLDER,
    MailWords,
    check_body,
    check_subject,
    filled,
    our_words,
    own_words,
)
from foundation.base.house.models import MailText
from foundation.directory.models import User
from idp.accounts.letters import post_letter
from tests.admin.conftest import browser_of, staff
from tests.factories import make_person
from tests.house.naming import NAME, name_house

pytestmark = pytest.mark.usefixtures("provider", "quick_passwords")
TEMPLATES = Path(settings.BASE_DIR) / "templates"
each_letter = pytest.mark.parametrize("letter", LETTERS.values(), ids=list(LETTERS))
MORE = (
    "{unknown}", "{}", "{link.__class__}", "{house!r}", "{0}", "{house:>9999}", "{ house }",
    "{{house}}", "{house", "}", "{person}", "{% now %}", "{{ 7 }}", "\u202e", "p\u0430yment",
    "x" * 4001,
)  # fmt: skip
LINK = "https://login.example/invitation/s3cret/"
PAGE = "/admin/mail-texts/{}/{}/"


def say(letter: str, body: str, *, subject: str = "News of {house}", language: str = "en") -> None:
    MailText.objects.create(letter=letter, language=language, subject=subject, body=body)


@pytest.fixture
def browser(provider: None) -> Browser:
    root = make_person(username="root", is_staff=True, is_superuser=True)
    return browser_of(root)


def test_every_template_of_a_mail_is_a_letter_and_every_letter_has_one() -> None:
    own = {path.name for path in (TEMPLATES / "account/email").glob("*_message.txt")}
    notices = {f"approval_{event}" for event in Event}

    assert {path.stem for path in (TEMPLATES / "consent/approvals/mail").glob("*.txt")} == set(
        Event
    )
    assert set(LETTERS) == notices | {
        name.removesuffix("_message.txt") for name in own - {"base_message.txt"}
    }


@each_letter
@pytest.mark.parametrize("language", ["en", "de"])
def test_our_words_are_a_beginning_that_has_every_placeholder(
    letter: Letter, language: str
) -> None:
    words = our_words(letter, language)

    check_subject(words.subject)
    check_body(letter, words.body)
    assert {each.name for each in letter.own} <= set(PLACEHOLDER.findall(words.body))
    shown = filled(words, letter.examples())
    assert "{" not in shown.subject + shown.body
    if letter.name.startswith("approval_"):
        event = Event(letter.name.removeprefix("approval_"))
        assert language == "de" or words.subject == event.label


@each_letter
def test_what_the_house_says_is_made_of_what_we_would_say_it_of(letter: Letter) -> None:
    every = "\n".join(f"{each.name}={{{each.name}}}" for each in letter.placeholders)
    say(letter.name, every)
    said: dict[str, Any] = {}
    for each in letter.own:
        if not each.route:
            *above, last = (each.path or each.name).split(".")
            place = said.setdefault(above[0], {}) if above else said
            place[last] = LINK if each.is_link else f"value of {each.name}"

    words = own_words(letter.name, "en", said)

    assert words is not None
    for each in letter.own:
        kind = conf.current().issuer if each.route else LINK if each.is_link else "value of"
        assert f"{each.name}={kind}" in words.body


@each_letter
def test_a_text_that_asks_for_more_is_refused(letter: Letter) -> None:
    links = " ".join(f"{{{each.name}}}" for each in letter.own if each.is_link)
    check_body(letter, f"Hello. {links}")

    for more in MORE:
        with pytest.raises(ValidationError):
            check_body(letter, f"Hello. {links} {more}")
    if links:
        with pytest.raises(ValidationError):
            check_body(letter, "Hello.")


@pytest.mark.parametrize(
    "subject", ["", " ", "a\nBcc: all@example.org", "{username}", "{link}", "\u200b", "x" * 151]
)
def test_a_subject_has_one_line_and_nothing_that_people_wrote(subject: str) -> None:
    with pytest.raises(ValidationError):
        check_subject(subject)


def test_words_of_others_cannot_forge_anything(mailoutbox: list[Any]) -> None:
    say("factor_added", "{way}\n{link}")
    evil = "{link} https://evil.example\r\nBcc: all@example.org\u202e"

    words = own_words("factor_added", "en", {"name": evil, "person": {"username": "ada"}})

    assert words is not None
    first, second = words.body.splitlines()
    assert first.startswith("{link} https: //evil. example Bcc: all@ example. org")
    assert "\u202e" not in first
    assert second == conf.current().issuer + reverse("security")


def test_a_line_of_which_nothing_is_known_is_left_out() -> None:
    words = MailWords("x", "Hello\n\nFor {application}:\n\n{link}")

    assert filled(words, {"application": "", "link": LINK}).body == f"Hello\n\n{LINK}\n"


def test_a_letter_is_sent_in_the_words_of_the_house(
    mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    name_house(support_address="help@meadow.example")
    say("password_link", "Dear {username}, choose: {link}")
    say("password_link", "Hallo {username}: {link}", subject="Neues", language="de")
    ada, bea = make_person(), make_person(username="bea", locale="de")

    with django_capture_on_commit_callbacks(execute=True):
        for person in (ada, bea):
            post_letter("password_link", person, [person.email], link=LINK)

    english, german = mailoutbox
    assert (english.subject, english.body) == (f"News of {NAME}", f"Dear ada, choose: {LINK}\n")
    assert (german.subject, german.body) == ("Neues", f"Hallo bea: {LINK}\n")
    assert english.from_email == f"{NAME} <no-reply@localhost>"
    assert english.reply_to == ["help@meadow.example"]


def test_a_forgotten_password_is_answered_in_the_words_of_the_house(mailoutbox: list[Any]) -> None:
    say("password_reset_key", "{username}: {link}")
    say("unknown_account", "Nobody has {email}.")
    make_person()

    for email in ("ada@example.org", "nobody@example.org"):
        Browser().post("/accounts/password/reset/", {"email": email})

    known, unknown = mailoutbox
    assert known.body.startswith("ada: http")
    assert "/accounts/password/reset/key/" in known.body
    assert unknown.body == "Nobody has nobody@ example. org.\n"


@pytest.mark.parametrize(
    ("subject", "body"),
    [("ok", "no link"), ("ok", "{link} {nothing}"), ("a\nb", "{link}"), ("{link}", "{link}")],
)
def test_what_was_written_past_the_form_is_not_sent(subject: str, body: str) -> None:
    say("password_link", body, subject=subject)
    say("no_such_letter", "x")

    assert own_words("password_link", "en", {"link": LINK, "person": {"username": "a"}}) is None


def test_words_of_the_house_cost_no_statement() -> None:
    say("password_link", "{link}")
    own_words("password_link", "en", {"link": LINK})

    with CaptureQueriesContext(connection) as asked:
        own_words("password_link", "en", {"link": LINK})

    assert [each["sql"] for each in asked if "mailtext" in each["sql"]] == []


def test_administrators_save_preview_send_and_go_back(
    browser: Browser, mailoutbox: list[Any]
) -> None:
    page = PAGE.format("invitation", "en")
    form = {"subject": "Welcome to {house}", "body": "Come in, {username}:\r\n{link}"}
    assert "{link}" in browser.get(page).content.decode().replace("&#123;", "{").replace(
        "&#125;", "}"
    )

    assert "Come in, ada:" in browser.post(page, {**form, "preview": ""}).content.decode()
    browser.post(page, {**form, "send": ""})
    assert not MailText.objects.exists()
    (sent,) = mailoutbox
    assert (sent.subject, sent.to) == ("Welcome to Scopeward", ["root@example.org"])
    assert "Come in, ada:" in sent.body

    assert browser.post(page, {**form, "save": ""}).status_code == 302
    assert MailText.objects.get().body == "Come in, {username}:\n{link}"
    assert "in your words" in browser.get("/admin/mail-texts/").content.decode()
    assert browser.post(page, {"reset": ""}).status_code == 302
    assert not MailText.objects.exists()


@pytest.mark.parametrize("button", ["save", "send", "preview"])
@pytest.mark.parametrize(
    "form",
    [
        {"subject": "x", "body": "no link"},
        {"subject": "{username}", "body": "{link}"},
        {"subject": "", "body": "{link}"},
        {"subject": "x", "body": "{link} {person.password}"},
    ],
)
def test_a_text_that_would_not_do_is_neither_saved_nor_sent(
    browser: Browser, mailoutbox: list[Any], button: str, form: dict[str, str]
) -> None:
    answer = browser.post(PAGE.format("invitation", "en"), {**form, button: ""})

    assert answer.status_code == 200
    assert "errors" in answer.content.decode()
    assert not MailText.objects.exists()
    assert mailoutbox == []


@pytest.mark.parametrize("path", [("nothing", "en"), ("invitation", "fr"), ("invitation", "..")])
def test_there_is_no_page_of_what_is_not_sent(browser: Browser, path: tuple[str, str]) -> None:
    assert browser.get(PAGE.format(*path)).status_code == 404


def test_nobody_without_the_right_sends_or_changes_a_mail(mailoutbox: list[Any]) -> None:
    onlooker = browser_of(staff("base.view_mailtext", "base.change_house"))
    form = {"subject": "x", "body": "{link}"}

    for button in ("save", "send", "reset"):
        page = PAGE.format("invitation", "en")
        assert onlooker.post(page, {**form, button: ""}).status_code == 403
    assert not MailText.objects.exists()
    assert mailoutbox == []


def test_a_test_mail_goes_to_nobody_without_an_address(
    browser: Browser, mailoutbox: list[Any]
) -> None:
    User.objects.filter(username="root").update(email="")
    form = {"subject": "x", "body": "{link}", "send": ""}

    page = browser.post(PAGE.format("invitation", "en"), form).content.decode()

    assert "You have no e-mail address." in page
    assert mailoutbox == []
    assert mail.outbox == []
