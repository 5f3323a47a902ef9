"""A grown installation, by the scale.

All by number: the same scale gives the same rows, relative to the moment they are made. People have
names as people have; a few applications have most of the grants; what ends has partly ended.
"""

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection

from claims.models import PersonAttributes
from consent.approvals.models import Approval, AwaitedKey, Notice, Vote
from consent.models import ConsentRequest, Grant, ScopeDecision
from foundation.directory.models import Client, User
from foundation.directory.models.risk import FailedSignIn, SignInRecord
from foundation.journal.models import Act, DenyListEntry, MintedToken, PersonalPart
from idp.models import (
    AccessToken,
    AuthorizationCode,
    BackchannelRequest,
    PushedAuthorizationRequest,
    RefreshToken,
    RevokedAccessToken,
    StoredAuthorizationRequest,
)
from policy.models import LoggedDecision, LoggedName
from tests.growth.acts import append_acts
from tests.growth.expressions import APPLICATIONS, GROUPS, Size
from tests.growth.loading import bare
from tests.growth.rows_of_people import make_grants, make_people, make_sessions
from tests.growth.rows_of_records import make_approvals, make_decision_log
from tests.growth.rows_of_tokens import make_requests, make_tokens

TABLES = (
    User,
    User.groups.through,
    EmailAddress,
    PersonAttributes,
    Grant,
    ScopeDecision,
    Act,
    PersonalPart,
    RefreshToken,
    AuthorizationCode,
    AccessToken,
    LoggedDecision,
    LoggedName,
    Session,
    UserSession,
    SignInRecord,
    FailedSignIn,
    ConsentRequest,
    StoredAuthorizationRequest,
    PushedAuthorizationRequest,
    BackchannelRequest,
    RevokedAccessToken,
    DenyListEntry,
    MintedToken,
    Approval,
    Vote,
    AwaitedKey,
    Notice,
)
"""What grows with use. Everything else is configuration."""


def grow(scale: float) -> None:
    """Fill an empty, migrated PostgreSQL."""
    size = Size(scale)
    clients, groups = _applications(), _groups()
    with bare(*TABLES):
        make_people(size, groups)
        make_grants(size, clients)
        make_sessions(size)
        make_tokens(size, clients)
        make_requests(size, clients)
        make_approvals(size, clients)
        make_decision_log(size)
        append_acts(size.acts, size.grants, clients)


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
            "SELECT relname, reltuples::bigint, (SELECT sum(pg_total_relation_size(relid))"
            " FROM pg_partition_tree(pg_class.oid)) FROM pg_class WHERE relname = ANY(%s)",
            [[model._meta.db_table for model in TABLES]],
        )
        return {name: (rows, int(size)) for name, rows, size in cursor.fetchall()}
