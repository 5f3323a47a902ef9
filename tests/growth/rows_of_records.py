"""Approvals, and the decision log."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from consent.approvals.models import Approval, AwaitedKey, Notice, Vote
from policy.decision_log.triggers import PARTITIONS
from policy.models import LoggedDecision, LoggedName
from tests.growth.expressions import (
    APPLICATIONS,
    Size,
    ago,
    client_of_grant,
    person,
    person_of_grant,
)
from tests.growth.loading import insert

TABLES = (LoggedDecision, LoggedName, Approval, Vote, AwaitedKey, Notice)
"""What is filled here."""


def make_approvals(size: Size, clients: list[int]) -> None:
    """Make approvals; the last hundred wait."""
    # The final states of almost all; the last hundred wait.
    count = size.of(300_000)
    waits = f"n > {count - min(100, count // 10)}"
    insert(
        Approval,
        count,
        id="md5('approval' || n)::uuid",
        requester_id=person_of_grant("n"),
        client_id=client_of_grant("n", clients),
        type="'urn:scopeward:query:1'",
        audience="'https://warehouse.example.com'",
        canonical="""'{"type":"urn:scopeward:query:1","statement":"SELECT ' || n || '"}'""",
        detail_digest="md5('detail' || n)",
        binding_code="upper(substr(md5('code' || n), 1, 8))",
        state=f"CASE WHEN {waits} THEN 'pending' ELSE (ARRAY['executed','executed','denied',"
        "'expired','revoked','failed'])[1 + mod(n, 6)] END",
        created_at=ago(700),
        expires_at=f"CASE WHEN {waits} THEN now() + interval '1 hour' ELSE {ago(700)} END",
        txn="md5('txn' || n)",
        is_break_glass="mod(n, 300) = 0",
    )
    insert(
        Vote,
        size.of(200_000),
        approval_id="md5('approval' || n)::uuid",
        voter_id=person("mod(n, 500) + 1"),
        outcome="'approve'",
        shown_digest="md5('shown' || n)",
        voted_at=ago(700),
    )
    insert(
        AwaitedKey,
        min(100, count // 10),
        approval_id=f"md5('approval' || ({count} - n + 1))::uuid",
        key="'owner:x'",
    )
    insert(
        Notice,
        count,
        id="md5('notice' || n)::uuid",
        approval_id="md5('approval' || n)::uuid",
        event="'decided'",
        person_id=person_of_grant("n"),
        created_at=ago(700),
        sent_at=ago(700),
    )


@transaction.atomic  # a name and its decision have one time
def make_decision_log(size: Size) -> None:
    """Make a log of decisions, most of them denials, by policy and resource."""
    count = size.of(5_000_000)
    key = "md5('decision' || n)::uuid"
    at, permit = ago(90), "mod(n, 5) = 0"
    for week in range(14):
        PARTITIONS.make_for(connection, timezone.now() - timedelta(weeks=week))
    policy = "(ARRAY['clearance','office-hours','owner-approves','',''])[1 + mod(n, 5)]"
    resource = "'hr.employees.column' || mod(n, 500)"
    insert(
        LoggedDecision,
        count,
        id=key,
        reference="substr(md5('reference' || n), 1, 5) || '-' || substr(md5('r' || n), 1, 5)",
        decided_at=at,
        logged_at=at,
        kept_until=f"{at} + interval '89 days 23 hours'",
        source="'guard'",
        audience="'https://warehouse' || mod(n, 2) || '.example.com'",
        client_id=f"'application-' || lpad((1 + mod(n, {APPLICATIONS}))::text, 2, '0')",
        subject_type="'user'",
        subject=f"{person(f'mod(n, {size.people}) + 1')}::text",
        action="'select'",
        resource_type="'column'",
        resource=resource,
        permit=permit,
        evaluation="""'{"subject":{"type":"user","id":"x"},"action":{"name":"select"},"""
        """"resource":{"type":"column","id":"x"},"context":{}}'::jsonb""",
        policies=f"CASE WHEN {policy} = '' THEN '[]'::jsonb ELSE jsonb_build_array({policy}) END",
    )
    named = {"decision_id": key, "permit": permit, "decided_at": at, "logged_at": at}
    insert(LoggedName, count, **named, kind="'policy'", name=policy)
    insert(LoggedName, count, after=count, **named, kind="'resource'", name=resource)
