"""The provider works in tables that it does not own."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from consent.approvals.deciders import standing_in
from consent.approvals.models import Approvers
from foundation.directory.models import User
from foundation.journal.acts import export_head, link
from foundation.journal.models import Act
from foundation.journal.triggers import declared as triggers
from idp.tasks import clear_expired, keep_history, rotate_keys
from tests.approvals.asking import Asking, let_ask, make_rule, make_someone, say, use
from tests.consent.history.reading import findings
from tests.relying_party import RelyingParty

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
ROLE = "the_provider"


@pytest.fixture
def as_the_provider(provider: None, settings: Any, tmp_path: Any) -> Iterator[None]:
    """Go on as a role that was granted what the provider must have."""
    settings.HISTORY_HEADS_DIR = tmp_path
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
    call_command("grant_application", ROLE)
    call_command("grant_application", ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_everything_of_a_day_works(person: User, rp: RelyingParty, as_the_provider: None) -> None:
    tokens = rp.obtain_tokens(person, scope="openid email offline_access", prompt="consent")
    assert rp.refresh(tokens["refresh_token"]).status_code == 200
    assert rp.push().status_code == 201
    queries = Asking(let_ask(rp.client), person)
    use(queries.minted())
    grace = make_someone("grace", "approver")
    make_rule(Approvers.ROLE, role="approver")
    say(queries.lodge(), grace)
    now = timezone.now()
    standing_in.delegate(grace.pk, person.pk, now, now + timedelta(days=1))
    keep_history()
    rotate_keys()
    clear_expired()
    link()
    assert export_head() is not None

    kinds = set(Act.objects.values_list("kind", flat=True))
    assert {"granted", "minted", "query_consumed", "delegated"} <= kinds
    assert findings() == []
    call_command("verify_history", state=True)


GUARDED = sorted({name for which in triggers.watched for name in which.tables})


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE {table} DISABLE TRIGGER ALL",
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION history_refuse()",
        "CREATE RULE mine AS ON INSERT TO {table} DO INSTEAD NOTHING",
        "TRUNCATE {table}",
        "DROP TABLE {table}",
    ],
)
def test_the_provider_cannot_change_what_guards_its_tables(as_the_provider: None, sql: str) -> None:
    for table in GUARDED:
        refused(sql.format(table=table))


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE OR REPLACE FUNCTION history_refuse() RETURNS trigger LANGUAGE plpgsql "  # noqa: ISC004
        "AS $$BEGIN RETURN OLD; END$$",
        "DELETE FROM journal_act",
        "UPDATE journal_act SET scope = 'root'",
        "UPDATE journal_personalpart SET salt = ''",
        "UPDATE journal_change SET author = ''",
        "DELETE FROM journal_personalpart",
        "DELETE FROM journal_chainhead",
        "INSERT INTO journal_segment SELECT * FROM journal_segment",
        "DELETE FROM django_migrations",
        "CREATE TABLE mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE ROLE another",
        "SET session_replication_role = replica",
    ],
)
def test_the_provider_cannot_do_what_it_need_not(as_the_provider: None, sql: str) -> None:
    refused(sql)


def test_the_provider_cannot_drop_a_trigger(as_the_provider: None) -> None:
    for which in triggers.watched:
        for name, statement in which.statements["postgresql"].items():
            refused(f"DROP TRIGGER {name} ON {triggers.table_of(statement)}")


def refused(sql: str) -> None:
    denied = pytest.raises(ProgrammingError, match=r"must be owner|permission denied")
    with denied, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("role", ["nobody", "scopeward"])
def test_a_role_that_is_not_there_or_may_do_everything_is_refused(role: str) -> None:
    with pytest.raises(CommandError, match=role):
        call_command("grant_application", role)
