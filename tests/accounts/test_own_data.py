"""Everything that is kept of a person, for them and for nobody else."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.test import Client as Browser

from foundation.directory.models import User
from foundation.journal.models import Act, Kind
from idp.accounts.personal.data import SAID, UNSAID, own_data
from tests.accounts.factors.holding import CONFIRM, LOGIN, has_app, has_passkey
from tests.factories import make_client, make_grant
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
PAGE = "/accounts/data/"
NEVER = ("secret", "digest", "token", "password", "session_key", "salt", "mac", "code", "handle")


def said_of(person: User) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads("".join(own_data(person.pk)))
    return found


def test_every_table_that_knows_people_is_said_or_says_why_not() -> None:
    known = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.fields
        if field.is_relation and field.related_model is User
    }

    assert known | {"directory.User"} == {*SAID, *UNSAID}


def test_no_column_is_a_secret_or_somebody_else() -> None:
    for label, (whose, columns) in SAID.items():
        for column in columns.split():
            path, model = column.split("__"), apps.get_model(label)
            for step in path:
                field = model._meta.get_field(step)
                model = field.related_model if field.is_relation else model
                assert model is not User or label == "directory.User", (label, column)
            assert not any(word in path[-1].split("_") for word in NEVER), (label, column)
            assert whose


def test_person_gets_what_is_theirs(provider: None, ada: User, grace: User) -> None:
    client = make_client(client_name="Desk")[0]
    make_grant(person=ada, client=client, scopes={"openid"})
    make_grant(person=grace, client=client, scopes={"openid"})
    secret = has_app(ada)
    has_passkey(ada)

    text = "".join(own_data(ada.pk))
    said = said_of(ada)

    assert [row["username"] for row in said["directory.User"]] == ["ada"]
    assert [row["client__name"] for row in said["consent.Grant"]] == ["Desk"]
    assert len(said["mfa.Authenticator"]) == 2
    assert secret not in text
    assert "grace" not in text
    assert str(grace.pk) not in text


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_it_without_confirming_first(
    browser: Browser, signed_in: Browser, ada: User, method: str
) -> None:
    assert getattr(Browser(), method)(PAGE)["Location"].startswith(LOGIN)
    assert getattr(signed_in, method)(PAGE)["Location"].startswith(CONFIRM)
    assert not Act.objects.filter(kind=Kind.EXPORTED).exists()


def test_download_is_a_file_and_an_act(signed_in: Browser, ada: User) -> None:
    signed_in.post(CONFIRM, {"password": PASSWORD})
    assert signed_in.get(PAGE).status_code == 200

    answer = signed_in.post(PAGE)

    assert answer["Content-Disposition"] == 'attachment; filename="own-data.json"'
    assert json.loads(answer.getvalue())["directory.User"][0]["email"] == ada.email
    assert Act.objects.get(kind=Kind.EXPORTED).personal.person_id == ada.pk
    assert "You downloaded your data." in signed_in.get("/account/history/").content.decode()
