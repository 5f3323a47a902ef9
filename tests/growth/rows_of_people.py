"""People, what they allowed, and how they signed in."""

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from claims.catalogue import scopes as catalogue
from claims.models import PersonAttributes
from consent.models import Grant, ScopeDecision
from foundation.directory.models import User
from foundation.directory.models.risk import FailedSignIn, SignInRecord
from tests.growth.expressions import (
    FAMILY,
    GIVEN,
    GROUPS,
    SCOPES,
    Size,
    ago,
    around,
    client_of_grant,
    grant,
    person,
    person_of_grant,
)
from tests.growth.loading import insert

TABLES = (
    User,
    User.groups.through,
    EmailAddress,
    PersonAttributes,
    Grant,
    ScopeDecision,
    Session,
    UserSession,
    SignInRecord,
    FailedSignIn,
)
"""What is filled here."""


def make_people(size: Size, groups: list[int]) -> None:
    """Make people with groups, addresses and attributes."""
    name = f"{GIVEN} || '.' || {FAMILY} || n"
    address = f"{name} || '@example.com'"
    people = size.people
    insert(
        User,
        people,
        id=person("n"),
        username=name,
        username_key=name,
        email=address,
        email_verified="n > 0",
        name=f"initcap({GIVEN}) || ' ' || initcap({FAMILY})",
        given_name=f"initcap({GIVEN})",
        family_name=f"initcap({FAMILY})",
        external_id="'emp-' || n",
        password="'!'",
        date_joined=ago(700),
        updated_at=ago(300),
        last_login=ago(90),
        is_active="mod(n, 50) <> 0",
        is_staff="mod(n, 5000) = 0",
    )
    array = "ARRAY[" + ",".join(map(str, groups)) + "]"
    insert(
        User.groups.through,
        people,
        user_id=person("n"),
        group_id=f"({array})[1 + mod(n * 7, {GROUPS})]",
    )
    insert(
        EmailAddress, people, user_id=person("n"), email=address, verified="true", primary="true"
    )
    insert(
        PersonAttributes,
        people,
        person_id=person("n"),
        values="""jsonb_build_object('department', 'dept-' || mod(n, 40))""",
    )


def make_grants(size: Size, clients: list[int]) -> None:
    """Make three grants of each person, and ten decisions with each."""
    names = list(catalogue.all_scopes())[:SCOPES]
    array = "ARRAY[" + ",".join(f"'{name}'" for name in names) + "]"
    some = [dict.fromkeys(names[: 3 + k]) for k in range(4)]
    held = (
        "CASE mod(n, 4) "
        + " ".join(
            f"WHEN {k} THEN '{{" + ",".join(f'"{name}":null' for name in scopes) + "}'::jsonb"
            for k, scopes in enumerate(some)
        )
        + " END"
    )
    insert(
        Grant,
        size.grants,
        id=grant("n"),
        user_id=person_of_grant("n"),
        client_id=client_of_grant("n", clients),
        scopes=held,
        created_at=ago(700),
        updated_at=ago(350),
        revoked_at=f"CASE WHEN mod(n, 10) = 0 THEN {ago(300)} END",
    )
    of = "(n - 1) / 10 + 1"
    ends = around(100, 200)
    insert(
        ScopeDecision,
        10 * size.grants,
        grant_id=grant(of),
        user_id=person_of_grant(of),
        client_id=client_of_grant(of, clients),
        scope=f"({array})[1 + mod(n - 1, 10)]",
        decided_at=ago(700),
        outcome="CASE WHEN mod(n, 7) = 0 THEN 'denied' ELSE 'granted' END",
        expires_at=f"CASE WHEN mod(n, 3) = 0 THEN {ends} END",
        expiry_recorded_at=f"CASE WHEN mod(n, 3) = 0 AND {ends} < now() - interval '1 day'"
        f" THEN {ends} END",
        address="'192.0.2.7'",
        user_agent="'Browser'",
        locale="'en'",
    )


def make_sessions(size: Size) -> None:
    """Make browser sessions and the records of sign-ins."""
    people = size.people
    insert(
        Session,
        people,
        session_key="'growth01' || md5('session' || n)",
        session_data="repeat('x', 400)",
        expire_date=around(14, 14),
    )
    insert(
        UserSession,
        people,
        user_id=person("n"),
        session_key="'growth01' || md5('session' || n)",
        ip="'192.0.2.7'",
        user_agent="'Browser'",
        created_at=ago(14),
        last_seen_at=ago(7),
        data="'{}'::jsonb",
    )
    insert(
        SignInRecord,
        3 * people,
        user_id=person("(n - 1) / 3 + 1"),
        at=ago(100),
        occasion="'sign_in'",
        sid="md5('sid' || n)",
        network="'192.0.2.0/24'",
        device="md5('device' || n)",
        score="mod(n, 40)",
        is_trusted="true",
    )
    insert(FailedSignIn, size.of(300_000), account="md5('account' || mod(n, 1000))", at=ago(2))
