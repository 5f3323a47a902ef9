"""One person for each name, whichever way it is written and whoever wrote it."""

import threading
import unicodedata

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser

from console.common.people import find_person
from foundation.directory.models import FailedSignIn, User
from idp.accounts.services import create_person
from idp.backchannel.hints import _named
from tests.people import LOGIN, PASSWORD

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]
NFD = unicodedata.normalize("NFD", "zoë")
SPELLINGS = ["zoë", "ZOË", NFD, NFD.upper(), " Zoë ", "ｚｏë"]
ADDRESSES = ["zoe@exämple.org", "ZOE@EXÄMPLE.ORG", unicodedata.normalize("NFD", "Zoe@exämple.org")]


@pytest.fixture
def zoe() -> User:
    person = create_person("Zoë", "zoe@example.org", PASSWORD)
    EmailAddress.objects.create(user=person, email="zoe@exämple.org", verified=True)
    return person


@pytest.mark.parametrize("spelling", [*SPELLINGS, *ADDRESSES])
def test_every_spelling_signs_the_person_in(browser: Browser, zoe: User, spelling: str) -> None:
    browser.post(LOGIN, {"login": spelling, "password": PASSWORD})

    assert browser.session.get("_auth_user_id") == str(zoe.pk)


@pytest.mark.parametrize("spelling", [*SPELLINGS, *ADDRESSES])
def test_every_spelling_is_a_login_hint(zoe: User, spelling: str) -> None:
    assert User.objects.get(_named(spelling)) == zoe


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_found_by_commands_and_pages(zoe: User, spelling: str) -> None:
    assert User.objects.get_by_natural_key(spelling) == zoe
    assert find_person(spelling) == zoe


@pytest.mark.parametrize("spelling", ADDRESSES)
def test_password_is_reset_by_every_spelling_of_the_address(
    browser: Browser, zoe: User, spelling: str
) -> None:
    browser.post("/accounts/password/reset/", {"email": spelling})

    assert [message.to for message in mail.outbox] == [["zoe@exämple.org"]]


def test_name_keeps_its_spelling_for_the_eye(zoe: User) -> None:
    zoe.refresh_from_db()

    assert (zoe.username, zoe.username_key) == ("Zoë", "zoë")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_another_spelling_is_nobody_elses_name(zoe: User, spelling: str) -> None:
    with pytest.raises(ValidationError, match="Somebody has this user name already"):
        create_person(spelling.strip(), "other@example.org", PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username=spelling)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(username=spelling)])


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_nobody_is_renamed_to_another_spelling(zoe: User, grace: User, spelling: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=grace.pk).update(username=spelling)
    grace.username = spelling
    with pytest.raises(IntegrityError), transaction.atomic():
        grace.save(update_fields=["username"])
    with pytest.raises(ValidationError):
        grace.full_clean()


@pytest.mark.parametrize("name", ["zoe@example.org", "zoe＠example.org", "x@y"])
def test_no_user_name_is_anybodys_address(zoe: User, grace: User, name: str) -> None:
    with pytest.raises(ValidationError):
        create_person(name, "other@example.org", PASSWORD)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username=name)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=grace.pk).update(username=name)


def test_refused_passwords_count_together_in_every_spelling(browser: Browser, zoe: User) -> None:
    for spelling in SPELLINGS:
        browser.post(LOGIN, {"login": spelling, "password": "wrong"})

    assert len(set(FailedSignIn.objects.values_list("account", flat=True))) == 1


def test_spellings_are_limited_together(browser: Browser, zoe: User) -> None:
    for spelling in [*SPELLINGS, *SPELLINGS]:
        browser.post(LOGIN, {"login": spelling, "password": "wrong"})

    answer = browser.post(LOGIN, {"login": "zOë", "password": PASSWORD})

    assert "Too many attempts" in answer.content.decode()


def test_command_finds_the_person_by_any_spelling(
    zoe: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: "another-good-password")

    call_command("changepassword", NFD.upper())

    zoe.refresh_from_db()
    assert zoe.check_password("another-good-password")


@pytest.mark.spec("NIST SP 800-63B", "3.1.1.2")
@pytest.mark.parametrize("typed", ["pässwort-ﬁn", "pa\u0308sswort-ﬁn", "pässwort-fin"])
def test_password_is_the_same_however_it_is_composed(zoe: User, typed: str) -> None:
    for kept in ("pässwort-ﬁn", "pa\u0308sswort-fin"):
        zoe.set_password(kept)

        assert zoe.check_password(typed)
        assert not zoe.check_password(typed.upper())


def test_password_digested_as_it_was_typed_still_works(zoe: User) -> None:
    from django.contrib.auth.hashers import make_password

    zoe.password = make_password("pa\u0308sswort")

    assert zoe.check_password("pa\u0308sswort")
    assert not zoe.check_password("passwort")


@pytest.mark.django_db(transaction=True)
def test_one_of_many_gets_the_name() -> None:
    results: list[str] = []

    def take(spelling: str) -> None:
        try:
            create_person(spelling, f"{threading.get_ident()}@example.org", PASSWORD)
            results.append("made")
        except (ValidationError, IntegrityError):
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[name]) for name in ("Zoë", "zoë", NFD, "ZOË")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["made", "refused", "refused", "refused"]
