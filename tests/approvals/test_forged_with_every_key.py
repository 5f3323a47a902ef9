"""Somebody with the database and every secret of the servers says yes for Grace, in several ways.

Each says whether `verify_history` names it; what it does not name, the history says in acts.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from claims.catalogue.details import canonical_text, digest_of
from claims.catalogue.details.defaults import QUERY
from claims.catalogue.models import AuthorizationDetailsType
from consent.approvals.models import Approval, ApprovalRule, Approvers
from consent.approvals.terms import ApprovalTerms
from consent.replay import demanding, signatures_checked
from foundation.directory.models import Client, User
from foundation.journal.acts import link
from foundation.journal.changes.recording_changes import record_changes
from foundation.journal.models import Act, Change, Kind
from foundation.journal.triggers import declared as triggers
from tests.approvals.asking import Asking, make_rule, say
from tests.approvals.signing import Signer, ask_signed
from tests.approvals.test_signed_history import forge, said, signed_by
from tests.authenticator import SoftwarePasskey

pytestmark = pytest.mark.django_db
STORED = "takes signatures, and was stored as if it did not"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set counts from the next moment on."""
    monkeypatch.setattr(demanding, "SETTLED", timedelta(0))


@pytest.fixture
def kind() -> AuthorizationDetailsType:
    """A type that demands signatures, by an act."""
    row = AuthorizationDetailsType.objects.get(type=QUERY)
    row.needs_signature = True
    row.save()
    record_changes()
    return row


@pytest.fixture
def rule(grace: User) -> ApprovalRule:
    """A rule that demands Grace's signature, by an act."""
    row = make_rule(Approvers.PEOPLE, "hr.*", people=[grace], needs_signature=True)
    record_changes()
    return row


def unnoticed(rows: Any, **columns: Any) -> None:
    """Change configuration, and take the note away of which an act would come."""
    rows.update(**columns)
    with triggers.removed(connection):
        Change.objects.all().delete()


def set_with_acts(row: Any, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()
    record_changes()


def found() -> list[str]:
    link()
    return list(signatures_checked([]))


# Demands that were switched off ------------------------------------------------------------------


def test_type_switched_off_for_a_moment_is_named(
    client: Client, ada: User, grace: User, kind: AuthorizationDetailsType
) -> None:
    make_rule(Approvers.PEOPLE, people=[grace])
    unnoticed(AuthorizationDetailsType.objects.filter(pk=kind.pk), needs_signature=False)
    approval = Asking(client, ada, ApprovalTerms()).lodge()
    forge(approval, grace, None)
    unnoticed(AuthorizationDetailsType.objects.filter(pk=kind.pk), needs_signature=True)
    # What is changed of the type afterwards does not cover it.
    set_with_acts(kind, title="Another title")

    first, second, third = found()
    assert STORED in first
    assert "the yes of grace is not signed" in second
    assert "without the signatures that it takes" in third


@pytest.mark.parametrize("columns", [{"needs_signature": False}, {"is_active": False}])
def test_rule_switched_off_for_a_moment_is_named(
    asking: Asking, grace: User, rule: ApprovalRule, columns: dict[str, Any]
) -> None:
    unnoticed(ApprovalRule.objects.filter(pk=rule.pk), **columns)
    forge(asking.lodge(), grace, None)
    unnoticed(ApprovalRule.objects.filter(pk=rule.pk), needs_signature=True, is_active=True)

    assert STORED in found()[0]


def test_rule_removed_without_an_act_is_named(
    asking: Asking, grace: User, rule: ApprovalRule
) -> None:
    rule.delete()
    with triggers.removed(connection):
        Change.objects.all().delete()
    forge(asking.lodge(), grace, None)

    assert STORED in found()[0]


def test_rule_about_other_data_accuses_nobody(
    asking: Asking, ada: User, rule: ApprovalRule
) -> None:
    say(asking.lodge("finance.payments.amount"), ada)

    assert found() == []


@pytest.mark.parametrize("is_removed", [False, True])
def test_demand_that_acts_switched_off_is_said_by_those_acts(
    asking: Asking, grace: User, rule: ApprovalRule, is_removed: bool
) -> None:
    """Not named: it is what an administrator may do. The history has who, and when."""
    key = str(rule.pk)
    if is_removed:
        rule.delete()
        record_changes()
    else:
        set_with_acts(rule, needs_signature=False)
    forge(asking.lodge(), grace, None)
    if not is_removed:
        set_with_acts(rule, needs_signature=True)

    assert found() == []
    acts = Act.objects.filter(object_kind=demanding.RULE, object_key=key)
    said_off = [act.detail["changes"].get("needs_signature") for act in acts.order_by("at")]
    assert [True, None if is_removed else False] in said_off


def test_request_of_before_the_demand_accuses_nobody(asking: Asking, grace: User) -> None:
    make_rule(Approvers.PEOPLE, people=[grace])
    say(asking.lodge(), grace)
    make_rule(Approvers.PEOPLE, people=[grace], needs_signature=True, title="Since then")
    record_changes()

    assert found() == []


def test_change_that_may_not_have_been_everywhere_accuses_nobody(
    asking: Asking, grace: User, rule: ApprovalRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demanding, "SETTLED", timedelta(minutes=1))
    unnoticed(ApprovalRule.objects.filter(pk=rule.pk), needs_signature=False)
    say(asking.lodge(), grace)

    assert found() == []


# Keys of somebody else in her name ---------------------------------------------------------------


def test_key_of_a_forger_that_was_registered_afterwards_is_named(
    client: Client, ada: User, grace: User
) -> None:
    approval, key = ask_signed(client, ada, grace), SoftwarePasskey()
    forge(approval, grace, signed_by(key, said(approval, grace)))
    Signer.make(grace)

    assert "with a key that no act had made theirs" in found()[0]


def test_key_of_a_forger_that_was_registered_before_is_in_the_history(
    client: Client, ada: User, grace: User
) -> None:
    """Not named: nobody can tell it from one that she added. It is there with its fingerprint."""
    Signer.make(grace)
    approval, forger = ask_signed(client, ada, grace), Signer.make(grace)
    forge(approval, grace, signed_by(forger.key, said(approval, grace)))

    assert found() == []
    kept = approval.votes.get().signature
    keys = Act.objects.filter(kind=Kind.FACTOR_ADDED).order_by("at")
    assert [act.detail["key"] == kept.signed.fingerprint for act in keys] == [False, True]


# What was signed, put under something else -------------------------------------------------------


def test_detail_changed_under_her_signature_is_named(
    client: Client, ada: User, grace: User
) -> None:
    approval = ask_signed(client, ada, grace)
    say(approval, grace, signed=Signer.make(grace).sign(approval))
    other = canonical_text({**approval.detail, "statement": "SELECT * FROM hr.employees"})

    Approval.objects.update(canonical=other, detail_digest=digest_of(other))

    assert "is signed, but under something else than it says" in found()[0]


@pytest.mark.parametrize("column", ["audience", "policy_rev"])
def test_column_changed_under_her_signature_is_named(
    client: Client, ada: User, grace: User, column: str
) -> None:
    approval = ask_signed(client, ada, grace)
    say(approval, grace, signed=Signer.make(grace).sign(approval))

    Approval.objects.update(**{column: "other"})

    assert "is signed, but under something else than it says" in found()[0]


def test_key_of_somebody_else_does_not_sign_for_her(client: Client, ada: User, grace: User) -> None:
    """The signature of somebody else does not stand for hers."""
    approval = ask_signed(client, ada, grace)
    other = Signer.make(ada)
    forge(approval, grace, signed_by(other.key, said(approval, grace)))

    assert "with a key that no act had made theirs" in found()[0]
