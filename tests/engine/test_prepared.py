"""Statements that are composed once: they say and write what the ORM would."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.base.prepared.insert import PreparedInsert
from foundation.base.prepared.together import WrittenTogether
from foundation.base.secrets import digest
from foundation.journal.models.history import Act, PersonalPart
from idp.models import PushedAuthorizationRequest, RefreshToken
from idp.tokens.families import lookup
from tests.engine.setting import Setting

pytestmark = pytest.mark.both_databases


def test_every_column_reads_as_the_orm_reads_it(setting: Setting) -> None:
    code = setting.code()

    found = lookup.by_code(code, client_pk=setting.client.pk)

    assert found is not None
    names = [name for name in found.row if name != "shared_email_stands"]
    of_family = {name.removeprefix("family__"): name for name in names if "family__" in name}
    kept = RefreshToken.objects.values(*of_family).get()
    assert {column: found.row[name] for column, name in of_family.items()} == kept
    of_person = {name.removeprefix("user__"): name for name in names if "user__" in name}
    person = type(setting.person).objects.values(*of_person).get()
    assert {column: found.row[name] for column, name in of_person.items()} == person
    assert found.row["auth_time"].tzinfo is not None
    assert found.row["amr"] == ["pwd"]


def test_a_row_is_the_same_however_it_is_read(setting: Setting) -> None:
    """What needs no conversion lies in it, the rest is made at each read: nobody sees which."""
    found = lookup.by_code(setting.code(), client_pk=setting.client.pk)

    assert found is not None
    row, read = found.row, {name: found.row[name] for name in found.row}
    assert len(row) == len(read) > 40
    assert dict(row) == dict(row.items()) == {**row} == read
    assert list(row.keys()) == list(read)
    assert list(row.values()) == list(read.values())
    assert {name: row.get(name) for name in read} == read
    assert row.get("grant__secrets") is None
    assert "grant__secrets" not in row


def test_value_that_can_change_is_another_one_at_each_read(setting: Setting) -> None:
    found = lookup.by_code(setting.code(), client_pk=setting.client.pk)

    assert found is not None
    found.row["amr"].append("otp")

    assert found.row["amr"] == ["pwd"]


def test_unknown_column_is_an_error(setting: Setting) -> None:
    found = lookup.by_code(setting.code(), client_pk=setting.client.pk)

    assert found is not None
    with pytest.raises(KeyError):
        found.row["grant__secrets"]


@pytest.mark.parametrize(
    "text", ["%s", "%(p0)s", "100 %", "'; DROP TABLE directory_user; --", "ä\u2028"]
)
def test_text_is_written_and_found_as_it_is(setting: Setting, text: str) -> None:
    insert = PreparedInsert(
        PushedAuthorizationRequest, "reference", "client", "parameters", "expires_at"
    )
    now, parameters = timezone.now(), {"state": text, "resource": (text,)}

    insert.insert(digest(text), setting.client.pk, parameters, now)

    row = PushedAuthorizationRequest.objects.get(reference=digest(text))
    assert row.parameters == {"state": text, "resource": [text]}
    assert (row.client_id, row.expires_at, row.used_at) == (setting.client.pk, now, None)
    assert lookup.by_refresh_token(f"{text}.x", client_pk=setting.client.pk) is None


def act_and_part() -> tuple[Act, PersonalPart]:
    act = Act(
        id=uuid.uuid4(),
        at=timezone.now(),
        kind="shown",
        actor="person",
        scope="openid ümläut %s",
        detail={"texts": [["openid", 1]], "is": True, "none": None},
    )
    return act, PersonalPart(act=act, salt="salt", reason="100 % 'so'", erased_in=uuid.uuid4())


def test_what_is_written_together_is_what_the_orm_writes(db: None) -> None:
    prepared, composed = act_and_part(), act_and_part()

    with CaptureQueriesContext(connection) as asked:
        WrittenTogether(Act, PersonalPart).insert(*prepared)
    for each in composed:
        each.save(force_insert=True)

    assert len(asked) == (1 if connection.vendor == "postgresql" else 2)
    for one, other in zip(prepared, composed, strict=True):
        model, mine = type(one), {"pk", "id", "act_id", "at", "erased_in"}
        [read], [expected] = (model.objects.filter(pk=row.pk).values() for row in (one, other))
        assert {n: v for n, v in read.items() if n not in mine} == {
            n: v for n, v in expected.items() if n not in mine
        }
        assert all(read[name] == getattr(one, name) for name in mine & set(read))


@pytest.mark.django_db(transaction=True)
def test_of_what_is_written_together_nothing_is_there_when_one_cannot_be() -> None:
    act, part = act_and_part()
    part.salt = None  # type: ignore[assignment]

    with pytest.raises(IntegrityError):
        WrittenTogether(Act, PersonalPart).insert(act, part)
    with pytest.raises(IntegrityError), transaction.atomic():
        WrittenTogether(Act, PersonalPart).insert(act, part)

    assert not Act.objects.filter(pk=act.pk).exists()
