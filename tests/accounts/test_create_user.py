"""`manage.py create_user`: a person who can sign in, or nothing at all."""

import json
import sys
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command

from claims.models import PersonAttributes
from foundation.directory.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "long-enough-to-be-safe"


@pytest.fixture
def create(monkeypatch):
    def create(*arguments: str, password: str = PASSWORD) -> dict[str, object]:
        monkeypatch.setattr(sys, "stdin", StringIO(f"{password}\nignored\n"))
        output = StringIO()
        call_command("create_user", *arguments, stdout=output)
        document: dict[str, object] = json.loads(output.getvalue())
        return document

    return create


def test_a_person_is_created_and_printed(create):
    document = create(
        *("mary", "--email", "Mary@Example.com", "--password-stdin"),
        *("--given-name", "Mary", "--family-name", "Moss", "--role", "analyst", "--role", "editor"),
        *("--attribute", 'clearance="internal"', "--attribute", 'projects=["atlas"]'),
    )

    person = User.objects.get()
    assert person.check_password(PASSWORD)
    assert document == {
        "sub": str(person.pk),
        "username": "mary",
        "email": "mary@example.com",
        "name": "Mary Moss",
        "is_superuser": False,
        "attributes": {
            "clearance": "internal",
            "projects": ["atlas"],
            "roles": ["analyst", "editor"],
        },
    }
    assert PersonAttributes.objects.get().values == document["attributes"]


def test_the_address_counts_as_verified(create):
    create("mary", "--email", "mary@example.com", "--password-stdin")

    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == ("mary@example.com", True, True)
    assert address.user.email_verified


def test_a_superuser_may_use_the_admin(create):
    create("root", "--email", "root@example.com", "--password-stdin", "--superuser")

    person = User.objects.get()
    assert person.is_superuser
    assert person.is_staff


@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        (["mary", "--password-stdin"], PASSWORD, "--email"),
        (["mary", "--email", "mary@example.com"], PASSWORD, "--password-stdin"),
        (["mary", "--email", "nonsense", "--password-stdin"], PASSWORD, "email"),
        (["two words", "--email", "m@example.com", "--password-stdin"], PASSWORD, "username:"),
        (["mary", "--email", "m@example.com", "--password-stdin"], "short", "password:"),
        (["mary", "--email", "m@example.com", "--password-stdin"], "", "password:"),
        (["mary", "--email", "m@example.com", "--password-stdin"], "password1234", "password:"),
    ],
)
def test_a_refusal_is_a_sentence_and_writes_nothing(create, arguments, password, sentence):
    with pytest.raises(CommandError, match=sentence):
        create(*arguments, password=password)

    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("attribute", "sentence"),
    [
        ("clearance", "KEY=JSON"),
        ("clearance=secret", "not JSON"),
        ('clearance="cosmic"', "Clearance"),
        ('shoes="red"', "shoes"),
        ("roles=1", "Roles"),
    ],
)
def test_an_attribute_that_does_not_fit_creates_nobody(create, attribute, sentence):
    arguments = ["mary", "--email", "m@example.com", "--password-stdin", "--attribute", attribute]

    with pytest.raises(CommandError, match=sentence):
        create(*arguments)

    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("name", "email", "field"),
    [("mary", "other@example.com", "username:"), ("other", "MARY@example.com", "email:")],
)
def test_names_and_addresses_belong_to_one_person(create, name, email, field):
    create("mary", "--email", "mary@example.com", "--password-stdin")

    with pytest.raises(CommandError, match=field):
        create(name, "--email", email, "--password-stdin")

    assert User.objects.count() == 1


@pytest.mark.parametrize(
    "given",
    [
        ("--attribute", 'clearance="internal"', "--attribute", 'clearance="secret"'),
        ("--attribute", 'roles=["editor"]', "--role", "analyst"),
    ],
)
def test_an_attribute_given_twice_is_refused(create, given: tuple[str, ...]):
    with pytest.raises(CommandError, match="is given twice"):
        create("mary", "--email", "mary@example.com", "--password-stdin", *given)

    assert not User.objects.exists()


def test_names_that_only_capitals_tell_apart_are_refused(create):
    create("mary", "--email", "mary@example.com", "--password-stdin")

    with pytest.raises(CommandError, match="username"):
        create("MARY", "--email", "other@example.com", "--password-stdin")

    assert User.objects.count() == 1
