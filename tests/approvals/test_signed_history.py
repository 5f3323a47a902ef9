"""Whoever has the database and every secret of the servers cannot sign for somebody."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

from claims.catalogue.models import AuthorizationDetailsType
from consent.approvals import acts
from consent.approvals.models import Approval, ApprovalState, Approvers, Vote, VoteSignature
from consent.approvals.signing.checking import digest_of_signature
from consent.approvals.signing.taking import Voting
from consent.approvals.terms import ApprovalTerms
from consent.approvals.transitions import Move, move
from consent.replay import signatures_checked
from foundation.directory.models import Client, User
from foundation.journal.acts import Kind, link, record
from foundation.journal.chain.canonical import sha256
from scopeward_guard.jose import Assertion, challenge_of
from scopeward_guard.vocabulary import canonical
from tests.approvals.asking import CONTEXT, Asking, make_rule, say
from tests.approvals.signing import SIGNED, Signer, ask_signed
from tests.authenticator import SoftwarePasskey

SCREEN: dict[str, Any] = {"card": {}, "about": {}}


def said(approval: Approval, person: User) -> dict[str, Any]:
    voting = Voting(approval, person.pk, sha256(SCREEN), timezone.now())
    return voting.statement(None, int(voting.now.timestamp()))


def by_own_key(approval: Approval, person: User) -> dict[str, Any]:
    """Sign what she would have signed, with a key that is not hers."""
    key, statement = SoftwarePasskey(), said(approval, person)
    return signed_by(key, statement)


def signed_by(key: SoftwarePasskey, statement: dict[str, Any], **wrong: Any) -> dict[str, Any]:
    options = {"publicKey": {"rpId": "localhost", "challenge": ""}}
    challenge = websafe_encode(challenge_of(statement))
    answer = key.get(options, challenge=challenge, **wrong)["response"]
    public = cbor.encode(dict(ES256.from_cryptography_key(key.key.public_key())))
    assertion = Assertion(
        key.credential_id, public, *(websafe_decode(answer[name]) for name in
        ("authenticatorData", "clientDataJSON", "signature")),
    )  # fmt: skip
    return {"statement": canonical(statement).decode(), "assertion": assertion.as_json()}


def forge(approval: Approval, person: User, signature: dict[str, Any] | None) -> None:
    """Do by hand what a vote does, acts, seals and links included."""
    vote = Vote.objects.create(
        approval=approval, voter=person, keys=[f"person:{person.pk}"], outcome="approve",
        shown_digest=sha256(SCREEN), voted_at=timezone.now(),
    )  # fmt: skip
    more: dict[str, Any] = {"outcome": "approve", "stand_in": False}
    if signature is not None:
        kept = VoteSignature(vote=vote, shown=canonical(SCREEN).decode(), **signature)
        kept.save()
        more["signature"] = digest_of_signature(kept)
    context = acts.by(person.pk, approval, CONTEXT)
    record([acts.of(approval, Kind.QUERY_VOTED, context, shown=vote.shown_digest, **more)])
    assert move(approval, "approve", Move(context, {"approved_at": timezone.now()}))


def stolen(approval: Approval, person: User, signer: Signer) -> dict[str, Any]:
    """Take a signature of hers under something else."""
    other = Asking(approval.client, approval.requester, SIGNED).lodge(max_rows=1)
    say(other, person, signed=signer.sign(other))
    kept = VoteSignature.objects.get(vote__approval=other)
    return {"statement": kept.statement, "assertion": kept.assertion}


def restated(approval: Approval, person: User, signer: Signer) -> dict[str, Any]:
    """Put her signature under what she did not say."""
    statement = canonical(said(approval, person)).decode()
    return {**stolen(approval, person, signer), "statement": statement}


Forging = Callable[[Approval, User, Signer], dict[str, Any] | None]
FORGED: dict[str, tuple[Forging, str]] = {
    "none": (lambda *_: None, "is not signed"),
    "own key": (lambda approval, person, _: by_own_key(approval, person), "no act had made theirs"),
    "another approval's": (stolen, "under something else than it says"),
    "another statement": (restated, "it is under another statement"),
    "another site": (
        lambda approval, person, signer: signed_by(
            signer.key, said(approval, person), rp_id="evil.example"
        ),
        "it was given to another site",
    ),
    "another origin": (
        lambda approval, person, signer: signed_by(
            signer.key, said(approval, person), origin="https://evil.example"
        ),
        "on a page of somebody else",
    ),
    "made up": (
        lambda approval, person, signer: signed_by(
            signer.key, said(approval, person), signature=b"0" * 70
        ),
        "it is not by this key",
    ),
}


@pytest.mark.parametrize(("forging", "sentence"), FORGED.values(), ids=FORGED)
def test_forged_approval_is_named(
    client: Client, ada: User, grace: User, forging: Forging, sentence: str
) -> None:
    signer, approval = Signer.make(grace), ask_signed(client, ada, grace)
    forge(approval, grace, forging(approval, grace, signer))

    findings = list(signatures_checked([]))

    assert [str(approval.pk) in finding for finding in findings] == [True, True]
    assert sentence in findings[0]
    assert "approved without the signatures that it takes" in findings[1]


def test_verify_history_names_what_only_a_key_could_have_said(
    client: Client, ada: User, grace: User
) -> None:
    Signer.make(grace)
    approval = ask_signed(client, ada, grace)
    forge(approval, grace, by_own_key(approval, grace))
    link()

    for options in ([], ["--state"]):
        with pytest.raises(CommandError, match=str(approval.pk)) as refused:
            call_command("verify_history", *options)
        assert "does not verify" in str(refused.value)
        assert "was signed with a key that no act had made theirs" in str(refused.value)


def test_true_signatures_verify_after_the_key_is_gone(
    client: Client, ada: User, grace: User
) -> None:
    signer, approval = Signer.make(grace), ask_signed(client, ada, grace)
    say(approval, grace, signed=signer.sign(approval))
    signer.lose()
    link()

    assert list(signatures_checked([])) == []
    call_command("verify_history", "--state")


def test_key_that_was_removed_by_then_is_named(client: Client, ada: User, grace: User) -> None:
    signer, approval = Signer.make(grace), ask_signed(client, ada, grace)
    signer.lose()
    forge(approval, grace, signed_by(signer.key, said(approval, grace)))

    assert "removed by then" in next(signatures_checked([]))


@pytest.mark.parametrize("column", ["statement", "shown", "assertion"])
def test_signature_changed_afterwards_is_named(
    client: Client, ada: User, grace: User, column: str
) -> None:
    signer, approval = Signer.make(grace), ask_signed(client, ada, grace)
    say(approval, grace, signed=signer.sign(approval))
    kept = VoteSignature.objects.get()
    changed = {
        "statement": kept.statement.replace('"at":1', '"at":2'),
        "shown": json.dumps(SCREEN),
        "assertion": {**kept.assertion, "signature": kept.assertion["publicKey"]},
    }
    VoteSignature.objects.update(**{column: changed[column]})

    assert str(approval.pk) in next(signatures_checked([]))


def test_approval_stored_as_if_nothing_were_signed_is_named(
    client: Client, ada: User, grace: User
) -> None:
    """The acts can be made anew too; what the type demands was set before."""
    AuthorizationDetailsType.objects.filter(type="urn:scopeward:query:1").update(
        needs_signature=True
    )
    make_rule(Approvers.PEOPLE, people=[grace])
    approval = Asking(client, ada, ApprovalTerms()).lodge()
    forge(approval, grace, None)

    findings = list(signatures_checked([]))

    assert "was stored as if it did not" in findings[0]
    assert "the yes of grace is not signed" in findings[1]
    assert Approval.objects.get(pk=approval.pk).state == ApprovalState.APPROVED
