"""A grown installation, by the scale.

All by number: the same scale gives the same rows, relative to the moment they are made. People have
names as people have; a few applications have most of the grants; what ends has partly ended.
"""

from django.contrib.auth.models import Group
from django.db import connection

from foundation.directory.models import Client, User
from foundation.journal.models import MintedToken
from tests.growth import acts, rows_of_people, rows_of_records, rows_of_tokens
from tests.growth.expressions import APPLICATIONS, GROUPS, Size
from tests.growth.loading import bare

TABLES = (
    *rows_of_people.TABLES,
    *acts.TABLES,
    *rows_of_tokens.TABLES,
    *rows_of_records.TABLES,
    MintedToken,
)
"""What grows with use. Everything else is configuration."""


def grow(scale: float) -> None:
    """Fill an empty, migrated PostgreSQL."""
    size = Size(scale)
    clients, groups = _applications(), _groups()
    with bare(*TABLES):
        rows_of_people.make_people(size, groups)
        rows_of_people.make_grants(size, clients)
        rows_of_people.make_sessions(size)
        rows_of_tokens.make_tokens(size, clients)
        rows_of_tokens.make_requests(size, clients)
        rows_of_records.make_approvals(size, clients)
        rows_of_records.make_decision_log(size)
        acts.append_acts(size.acts, size.grants, clients)


def _applications() -> list[int]:
    owner = User.objects.create(username="owner.of.applications")
    made = Client.objects.bulk_create(
        Client(
            name=f"Application {number:02}",
            client_id=f"application-{number:02}",
            client_type="confidential",
            authorization_grant_type="authorization-code",
            redirect_uris="https://app.example.com/callback",
            user=owner,
        )
        for number in range(1, APPLICATIONS + 1)
    )
    return [client.pk for client in made]


def _groups() -> list[int]:
    return [
        Group.objects.create(name=f"Department {number:02}").pk for number in range(1, GROUPS + 1)
    ]


def sizes() -> dict[str, tuple[int, int]]:
    """Return rows (as the planner has them) and bytes with indexes, of each table that grows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint, coalesce((SELECT sum(pg_total_relation_size(relid))"
            " FROM pg_partition_tree(pg_class.oid)), pg_total_relation_size(oid))"
            " FROM pg_class WHERE relname = ANY(%s)",
            [[model._meta.db_table for model in TABLES]],
        )
        return {name: (rows, int(size)) for name, rows, size in cursor.fetchall()}
