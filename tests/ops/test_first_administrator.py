"""The first administrator is made on the command line, once."""

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from idp.accounts.services import create_person

pytestmark = pytest.mark.django_db
PASSPHRASE = "correct horse battery staple"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("ADMIN_PASSWORD", PASSPHRASE)
    monkeypatch.setenv("ADMIN_EMAIL", "root@example.com")
    monkeypatch.setenv("ADMIN_USERNAME", "root")
    return monkeypatch


def test_the_first_administrator_comes_from_the_environment(environment) -> None:
    call_command("first_administrator")

    person = get_user_model().objects.get(username="root")
    assert person.is_superuser
    assert person.is_staff
    assert person.check_password(PASSPHRASE)


def test_there_is_only_one_first_administrator(environment) -> None:
    create_person("boss", "boss@example.com", PASSPHRASE, is_superuser=True)

    call_command("first_administrator")

    assert not get_user_model().objects.filter(username="root").exists()


def test_a_bad_password_makes_nobody(environment) -> None:
    environment.setenv("ADMIN_PASSWORD", "12345678")

    with pytest.raises(CommandError):
        call_command("first_administrator")

    assert not get_user_model().objects.exists()


def test_the_e_mail_address_is_required(environment) -> None:
    environment.delenv("ADMIN_EMAIL")

    with pytest.raises(ImproperlyConfigured, match="ADMIN_EMAIL"):
        call_command("first_administrator")


def test_without_a_terminal_the_variables_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)

    with pytest.raises(CommandError, match="ADMIN_PASSWORD"):
        call_command("first_administrator")
