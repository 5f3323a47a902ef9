"""Nothing that decides is changed without an act, whatever statement changes it: every table."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import IntegrityError, connection, models, transaction

from foundation.base.configuration.deciding import (
    columns_hidden,
    columns_told,
    deciding_models,
    meta_of,
)
from foundation.base.configuration.epoch import ConfigurationModel
from foundation.base.configuration.models import ConfigurationEpoch
from foundation.journal.changes.recording_changes import entry_of, record_changes
from foundation.journal.changes.telling import told_by, values_of
from foundation.journal.models import Change, Kind
from tests.consent.history.changes.rows import TABLES, Table, another, columns_in_sql, made, row_of

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
each_table = pytest.mark.parametrize("model", TABLES, ids=lambda model: meta_of(model).label_lower)

OWN_ACTS = "its rows have acts of their own, against which verify_history holds them"
TOKENS = "what was issued, not what may be: each issue is an act"
PASSING = "lives for minutes, and decides nothing by itself"
JOURNAL = "the journal itself"
RECORD = "written down once, and decides nothing"
EXEMPT = {
    "account.emailconfirmation": PASSING,
    "admin.logentry": RECORD,
    "approvals.approval": OWN_ACTS,
    "approvals.awaitedkey": PASSING,
    "approvals.notice": "what is sent to whom",
    "approvals.vote": OWN_ACTS,
    "approvals.votesignature": OWN_ACTS,
    "auth.permission": "made by migrate, one for each thing that can be done",
    "base.configurationepoch": "only says that something has changed",
    "base.housepicture": "bytes under their digest; which of them is shown is an act",
    "base.dailycount": "how often something happened, for charts",
    "consent.consentrequest": OWN_ACTS,
    "consent.scopedecision": OWN_ACTS,
    "consent.grant": OWN_ACTS,
    "contenttypes.contenttype": "made by migrate, one for each model",
    "directory.failedsignin": RECORD,
    "directory.signinrecord": RECORD,
    "idp.accesstoken": TOKENS,
    "idp.authorizationcode": TOKENS,
    "idp.backchannelrequest": PASSING,
    "idp.devicegrant": PASSING,
    "idp.idtoken": TOKENS,
    "journal.mintedtoken": TOKENS,
    "idp.pushedauthorizationrequest": PASSING,
    "idp.refreshtoken": TOKENS,
    "idp.revokedaccesstoken": "follows from acts",
    "idp.storedauthorizationrequest": PASSING,
    "journal.act": JOURNAL,
    "journal.chainhead": JOURNAL,
    "journal.change": JOURNAL,
    "journal.denylistentry": "follows from acts",
    "journal.personalpart": JOURNAL,
    "journal.segment": JOURNAL,
    "policy.loggeddecision": RECORD,
    "policy.loggedname": RECORD,
    "sessions.session": "who is signed in; that one was ended is an act",
    "directory.invitation": "who was invited; that, and that it was taken back, is an act",
    "directory.importrow": "what stood in a file; whom it made is an act",
    "directory.peopleimport": "a file; whom it made is an act",
    "mfa.authenticator": "how people sign in; what was added or removed is an act",
    "factors.factorcounter": "how far a factor was used",
    "factors.recoverycode": "digests; that new ones were made is an act",
    "base.usedonce": "what was answered once",
    "idp.signinreset": "that one was asked for, stopped or done is an act",
    "factors.remembereddevice": "digests; each ends by itself",
    "idp.metrule": "when a rule met somebody, who then has so long; the rule decides",
    "sources.directoryrun": RECORD,
    "upstream.upstreamaccount": "how people sign in; what was connected or not is an act",
    "upstream.upstreamsession": "which session there one here came from; its end is an act",
    "usersessions.usersession": "who is signed in; that one was ended is an act",
}
"""What decides nothing about access, and why."""


def test_every_table_decides_or_says_why_not() -> None:
    """A new model that is neither declared nor exempt fails here, and so does a stale exemption."""
    installed = {meta_of(model).label_lower for model in apps.get_models(include_auto_created=True)}
    declared = {meta_of(model).label_lower for model in deciding_models()}

    assert installed - declared == set(EXEMPT)


def test_all_configuration_decides() -> None:
    configuration = {model for model in apps.get_models() if issubclass(model, ConfigurationModel)}
    assert configuration <= set(deciding_models())
    in_the_console = {meta_of(model).label_lower for model in admin.site._registry}
    assert in_the_console <= EXEMPT.keys() | {meta_of(each).label_lower for each in TABLES}


@each_table
def test_no_secret_is_told_and_every_exemption_of_a_column_has_a_reason(model: Table) -> None:
    told = {each.name for each in columns_told(model)}

    assert not told & {each.name for each in columns_hidden(model)}
    assert not [name for name in told if any(word in name for word in ("password", "private"))]
    assert all(deciding_models()[model].beside.values())


def notes_from_now_on(model: Table) -> models.QuerySet[Change]:
    last = Change.objects.order_by("id").last()
    notes = Change.objects.filter(source=meta_of(model).db_table)
    return notes.filter(id__gt=last.pk) if last else notes


Change_ = Callable[[models.Model], tuple[Kind, dict[str, Any]]]


def _update(row: models.Model) -> tuple[Kind, dict[str, Any]]:
    column, value = another(row)
    type(row)._base_manager.filter(pk=row.pk).update(**{column.attname: value})
    return Kind.CHANGED, {column.name: value}


def _update_in_bulk(row: models.Model) -> tuple[Kind, dict[str, Any]]:
    column, value = another(row)
    setattr(row, column.attname, value)
    type(row)._base_manager.bulk_update([row], [column.name])
    return Kind.CHANGED, {column.name: value}


def _update_in_sql(row: models.Model) -> tuple[Kind, dict[str, Any]]:
    column, value = another(row)
    key = meta_of(row).pk
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE {meta_of(row).db_table} SET "{column.column}" = %s WHERE "{key.column}" = %s',
            [column.get_db_prep_save(value, connection), key.get_db_prep_save(row.pk, connection)],
        )
    return Kind.CHANGED, {column.name: value}


def _delete(row: models.Model) -> tuple[Kind, dict[str, Any]]:
    type(row)._base_manager.filter(pk=row.pk).delete()
    return Kind.REMOVED, {}


def _delete_in_sql(row: models.Model) -> tuple[Kind, dict[str, Any]]:
    key = meta_of(row).pk
    with connection.cursor() as cursor:
        cursor.execute(
            f'DELETE FROM {meta_of(row).db_table} WHERE "{key.column}" = %s',
            [key.get_db_prep_save(row.pk, connection)],
        )
    return Kind.REMOVED, {}


@each_table
@pytest.mark.parametrize("how", [_update, _update_in_bulk, _update_in_sql, _delete, _delete_in_sql])
def test_a_change_past_the_forms_is_an_act(model: Table, how: Change_) -> None:
    row = made(model)
    noted = notes_from_now_on(model)
    before = values_of(row)

    kind, new = how(row)

    note = noted.get()
    told = told_by(note)
    assert told.kind == kind
    changed = told.open | told.personal
    if kind == Kind.REMOVED:
        assert {name: was for name, (was, now) in changed.items() if was is not None} == {
            name: value for name, value in before.items() if value is not None
        }
    else:
        ((name, (was, now)),) = changed.items()
        assert name in new
        assert was == before[name]
        assert now == values_of(type(row)._base_manager.get(pk=row.pk))[name]
    entry = entry_of(note, note.at)
    assert (entry.kind, entry.detail["model"]) == (kind, meta_of(model).label_lower)


def _insert_in_bulk(row: models.Model) -> None:
    type(row)._base_manager.bulk_create([row])


def _insert_in_sql(row: models.Model) -> None:
    columns = dict(columns_in_sql(row))
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {meta_of(row).db_table} ({names}) VALUES ({places})",
            list(columns.values()),
        )


@each_table
@pytest.mark.parametrize("how", [_insert_in_bulk, _insert_in_sql])
def test_a_row_put_in_past_the_forms_is_an_act(
    model: Table, how: Callable[[models.Model], None]
) -> None:
    row = row_of(model)
    noted = notes_from_now_on(model)

    how(row)

    told = told_by(noted.get())
    assert told.kind == Kind.CREATED
    held = model._base_manager.order_by("pk").last() if row.pk is None else row
    assert told.after == told.after | values_of(model._base_manager.get(pk=held.pk))


@each_table
def test_a_row_that_is_replaced_was_removed_and_no_table_is_emptied_at_once(model: Table) -> None:
    row = made(model)
    noted = notes_from_now_on(model)
    table = meta_of(model).db_table
    if connection.vendor == "postgresql":
        connection.check_constraints()
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")
        return
    key = meta_of(row).pk
    with connection.cursor() as cursor:
        cursor.execute(
            f'REPLACE INTO {table} SELECT * FROM {table} WHERE "{key.column}" = %s',
            [key.get_db_prep_save(row.pk, connection)],
        )

    verbs = noted.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["delete", "insert"]


@each_table
def test_a_statement_that_changes_nothing_is_no_act(model: Table) -> None:
    row = made(model)
    noted = notes_from_now_on(model)

    row.refresh_from_db()
    row.save_base(raw=True)

    assert not noted.exists()


@each_table
def test_a_change_past_the_forms_holds_once_it_is_an_act(model: Table) -> None:
    """What is kept in memory is read anew; what is read for each use needs no new epoch."""
    row = made(model)
    record_changes()
    epoch = ConfigurationEpoch.objects.get().value

    type(row)._base_manager.filter(pk=row.pk).delete()
    record_changes()

    is_new = ConfigurationEpoch.objects.get().value != epoch
    assert is_new == issubclass(model, ConfigurationModel)
