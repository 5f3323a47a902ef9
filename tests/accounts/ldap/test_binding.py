"""Signing in by bind, against a real OpenLDAP."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client as Browser

from foundation.base import conf
from foundation.base.outgoing.errors import NoAnswerError, UnsafeTargetError
from foundation.base.outgoing.ldap import NotLetInError, connected
from foundation.directory.models import User
from foundation.directory.sources.models import LdapDirectory, ProvidedPerson
from idp.accounts.ldap.trying import tried
from tests.accounts.ldap.conftest import PASSWORD, make_directory
from tests.people import PASSWORD as LOCAL_PASSWORD
from tests.services import slapd
from tests.services.slapd import Slapd

LOGIN = "/accounts/login/"
WRONG = ["That name and that password do not go together."]
AWAY = ["A directory that people sign in with does not answer. Try again later."]


def sign_in(browser: Browser, name: str, password: str = PASSWORD) -> list[str]:
    """Return the sentences of a refusal; empty for who is signed in."""
    response = browser.post(LOGIN, {"login": name, "password": password})
    return response.context["form"].non_field_errors() if response.status_code == 200 else []


def signed_in_as(browser: Browser) -> str | None:
    return browser.session.get("_auth_user_id")


@pytest.mark.parametrize("name", ["emmy", "EMMY", "emmy@example.org"])
def test_a_person_of_the_directory_signs_in_with_its_password(
    browser: Browser, directory: LdapDirectory, name: str
) -> None:
    assert sign_in(browser, name) == []

    person = User.objects.get(username="emmy")
    assert signed_in_as(browser) == str(person.pk)
    assert person.provided.source == directory.source
    assert not person.has_usable_password()


@pytest.mark.parametrize(
    "name",
    ["*", "e*", "emmy)(uid=*", "emmy)(|(uid=*)", "*)(objectClass=*", "emmy\x00", "nobody",
     "uid=emmy," + slapd.PEOPLE, "emmy\\2a", "twin@example.org"],
)  # fmt: skip
def test_nobody_else_is_found(browser: Browser, directory: LdapDirectory, name: str) -> None:
    """No character is one of the filter, no name is a DN, and of two with one address none."""
    sign_in(browser, name)

    assert signed_in_as(browser) is None
    assert not ProvidedPerson.objects.exists()


@pytest.mark.parametrize("password", ["wrong", " ", "\x00", slapd.ROOT_PASSWORD, PASSWORD.upper()])
def test_a_wrong_password_is_refused(
    browser: Browser, directory: LdapDirectory, password: str
) -> None:
    sign_in(browser, "emmy", password)

    assert signed_in_as(browser) is None
    assert not ProvidedPerson.objects.exists()


@pytest.mark.spec("RFC 4513", "5.1.2")
def test_an_empty_password_is_never_sent(directory: LdapDirectory) -> None:
    """The server would grant it to anybody, as an unauthenticated bind."""
    with (
        pytest.raises(NotLetInError),
        connected(directory.server, f"uid=emmy,{slapd.PEOPLE}", ""),
    ):
        pass


def test_a_local_person_is_not_taken_over(browser: Browser, directory: LdapDirectory) -> None:
    from tests.factories import PASSWORD as OF_LOCAL, make_person

    make_person(username="emmy", email="local@example.com")

    assert sign_in(browser, "emmy") == WRONG
    assert sign_in(browser, "emmy@example.org") == WRONG
    assert not ProvidedPerson.objects.exists()
    assert sign_in(browser, "emmy", OF_LOCAL) == []


def test_a_local_password_of_a_person_of_the_directory_counts_for_nothing(
    browser: Browser, directory: LdapDirectory
) -> None:
    sign_in(browser, "emmy")
    browser.logout()
    person = User.objects.get(username="emmy")
    person.set_password("local and long enough")
    person.save()

    assert sign_in(browser, "emmy", "local and long enough") == WRONG
    directory.is_on = False
    directory.save()
    assert sign_in(browser, "emmy", "local and long enough") == WRONG


def test_who_was_locked_out_here_stays_out(browser: Browser, directory: LdapDirectory) -> None:
    sign_in(browser, "emmy")
    browser.logout()
    User.objects.filter(username="emmy").update(is_active=False)

    sign_in(browser, "emmy")

    assert signed_in_as(browser) is None


def test_a_directory_that_is_away_tells_nobody_who_exists(
    browser: Browser, directory: LdapDirectory, ada: User
) -> None:
    sign_in(browser, "emmy")
    browser.logout()
    directory.url = "ldaps://localhost:1"
    directory.save()

    assert [sign_in(browser, name) for name in ("emmy", "nobody", "ada")] == [AWAY] * 3
    assert sign_in(browser, "ada", LOCAL_PASSWORD) == []


@pytest.mark.spec("RFC 4511", "A.1")
@pytest.mark.parametrize(
    ("code", "said"),
    [(10, WRONG), (19, WRONG), (48, WRONG), (49, WRONG), (50, WRONG), (53, WRONG),
     (51, AWAY), (52, AWAY), (80, AWAY)],
)  # fmt: skip
def test_a_directory_that_refuses_an_account_is_not_away(
    browser: Browser,
    directory: LdapDirectory,
    monkeypatch: pytest.MonkeyPatch,
    code: int,
    said: list[str],
) -> None:
    """Nor does it say why: who is locked, expired or elsewhere reads what a stranger reads."""
    from ldap3 import Connection
    from ldap3.core.exceptions import LDAPOperationResult

    bind = Connection.bind

    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.user == slapd.dn_of("emmy"):
            raise LDAPOperationResult(result=code, description="x", message="data 775, locked")
        return bind(self, *args, **kwargs)

    monkeypatch.setattr(Connection, "bind", refuse)

    assert sign_in(browser, "emmy") == said
    assert signed_in_as(browser) is None


def test_the_password_of_a_local_person_stays_here(
    browser: Browser, directory: LdapDirectory, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def note(server: Any, dn: str, password: str) -> Any:
        sent.append(password)
        return connected(server, dn, password)

    monkeypatch.setattr("idp.accounts.ldap.binding.connected", note)

    assert sign_in(browser, "ada", "nearly the right one") == WRONG
    assert len(sent) == 2
    assert "nearly the right one" not in sent


def test_the_certificate_has_to_be_of_the_authority(running: Slapd, db: None) -> None:
    directory = make_directory(running, certificates="")

    assert tried(directory)[0] is False
    with pytest.raises(NoAnswerError), connected(directory.server, slapd.ROOT, "x"):
        pass


def test_the_certificate_has_to_be_of_the_host(running: Slapd, db: None) -> None:
    directory = make_directory(running, url=f"ldaps://127.0.0.2:{running.tls_port}")

    with pytest.raises(NoAnswerError), connected(directory.server, slapd.ROOT, "x"):
        pass


def test_plain_ldap_is_refused_in_production(running: Slapd, db: None, settings: Any) -> None:
    from dataclasses import replace

    directory = make_directory(running, url=f"ldap://localhost:{running.port}")
    assert tried(directory)[0]
    settings.SCOPEWARD = replace(conf.current(), production=True)

    with pytest.raises(ValidationError, match="reads the passwords"):
        directory.full_clean()
    with pytest.raises(UnsafeTargetError), connected(directory.server, slapd.ROOT, "x"):
        pass
    directory.start_tls = True
    directory.full_clean()
    assert tried(directory)[0]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("url", "https://example.org"), ("bind_dn", "no dn"), ("people_base", "ou"),
        ("people_filter", "(uid=*"), ("key_attribute", "a)(b=*"), ("table", {"email": "mail"}),
        ("table", {"username": "uid)(x=*"}), ("table", []), ("table", {"username": 1}),
    ],
)  # fmt: skip
def test_what_could_never_work_is_refused(
    directory: LdapDirectory, column: str, value: Any
) -> None:
    setattr(directory, column, value)

    with pytest.raises(ValidationError):
        directory.full_clean()


def test_the_password_of_who_asks_is_sealed_and_shown_nowhere(directory: LdapDirectory) -> None:
    assert slapd.ROOT_PASSWORD not in directory.sealed_password
    assert slapd.ROOT_PASSWORD not in repr(directory.server)
