"""A yes that is signed with the passkey of whoever says it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from claims.services import set_attributes
from consent.approvals.deciders.standing_in import delegate
from consent.approvals.errors import AlreadyVotedError, NotEligibleError, UnsignedError
from consent.approvals.models import ApprovalState, Approvers, Vote, VoteOutcome, VoteSignature
from consent.approvals.signing.checking import digest_of_signature, flaw_of_vote
from consent.approvals.signing.taking import SignedAnswer
from consent.approvals.use.ending import break_glass
from foundation.directory.factors import signing
from foundation.directory.models import Client, User
from foundation.journal.models import Act, Kind
from tests.accounts.factors.holding import has_passkey
from tests.approvals.asking import CONTEXT, Asking, a_ballot, make_rule, make_someone, say, state_of
from tests.approvals.signing import SIGNED, Signer, ask_signed, found, send_signed
from tests.approvals.test_pages import signed_in

Wrong = Callable[[Signer, Any], SignedAnswer | None]


def another(signer: Signer, approval: Any) -> SignedAnswer:
    other = Asking(approval.client, approval.requester, SIGNED).lodge(max_rows=1)
    return signer.sign(other)


def unverified(signer: Signer, approval: Any) -> SignedAnswer:
    signer.key.verifies = False
    return signer.sign(approval)


def of_somebody_else(signer: Signer, approval: Any) -> SignedAnswer:
    other = Signer.make(make_someone("mallory"))
    return replace(signer, key=other.key).sign(approval)


def removed(signer: Signer, approval: Any) -> SignedAnswer:
    answer = signer.sign(approval)
    signer.lose()
    return answer


WRONG: dict[str, Wrong] = {
    "none": lambda signer, approval: None,
    "over another approval": another,
    "at another time": lambda signer, approval: replace(
        signer.sign(approval), at=int(timezone.now().timestamp()) - 1
    ),
    "of an hour ago": lambda signer, approval: replace(
        signer.sign(approval), at=int(timezone.now().timestamp()) - 3600
    ),
    "of tomorrow": lambda signer, approval: replace(
        signer.sign(approval), at=int(timezone.now().timestamp()) + 86400
    ),
    "by another origin": lambda signer, approval: signer.sign(
        approval, origin="https://evil.example"
    ),
    "for another site": lambda signer, approval: signer.sign(approval, rp_id="evil.example"),
    "in a frame": lambda signer, approval: signer.sign(approval, cross_origin=True),
    "made up": lambda signer, approval: signer.sign(approval, signature=b"0" * 70),
    "for somebody else": lambda signer, approval: signer.sign(
        approval, on_behalf_of=approval.requester_id
    ),
    "without PIN or finger": unverified,
    "by the key of somebody else": of_somebody_else,
    "by a removed key": removed,
    "without a member": lambda signer, approval: SignedAnswer(int(timezone.now().timestamp()), {}),
}


@pytest.mark.spec("WebAuthn Level 3", "7.2")
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_no_other_signature_is_a_yes(client: Client, ada: User, grace: User, wrong: Wrong) -> None:
    signer, approval = Signer.make(grace), ask_signed(client, ada, grace)
    answer = wrong(signer, approval)

    with pytest.raises(UnsignedError):
        say(approval, grace, signed=answer)

    assert state_of(approval) == ApprovalState.PENDING
    assert not Vote.objects.filter(approval=approval).exists()


def test_signed_yes_approves_and_is_kept_with_the_vote(
    client: Client, ada: User, grace: User
) -> None:
    signer, approval = Signer.make(grace), ask_signed(client, ada, grace)

    assert say(approval, grace, signed=signer.sign(approval)) == ApprovalState.APPROVED

    kept, act = VoteSignature.objects.get(), Act.objects.get(kind=Kind.QUERY_VOTED)
    approval.refresh_from_db()
    assert flaw_of_vote(approval, kept.vote) == ""
    assert act.detail["signature"] == digest_of_signature(kept)
    added = Act.objects.get(kind=Kind.FACTOR_ADDED)
    assert added.detail["key"] == kept.signed.fingerprint == signing.fingerprint(found(signer.key))


def test_a_signature_is_used_once(client: Client, ada: User, grace: User) -> None:
    other = make_someone("dora")
    signer, approval = Signer.make(grace), ask_signed(client, ada, grace, other)
    answer = signer.sign(approval)
    say(approval, grace, signed=answer)

    with pytest.raises(AlreadyVotedError):
        say(approval, grace, signed=answer)
    with pytest.raises(UnsignedError):
        say(approval, other, signed=answer)
    assert say(approval, other, signed=Signer.make(other).sign(approval)) == ApprovalState.APPROVED


def test_a_no_needs_no_signature(client: Client, ada: User, grace: User) -> None:
    approval = ask_signed(client, ada, grace)

    assert say(approval, grace, VoteOutcome.DENY) == ApprovalState.DENIED


def test_who_stands_in_signs_for_whom(client: Client, ada: User, grace: User) -> None:
    present, now = make_someone("dora"), timezone.now()
    approval = ask_signed(client, ada, grace)
    delegate(grace.pk, present.pk, now, now + timedelta(days=1))
    signer = Signer.make(present)

    with pytest.raises(UnsignedError):
        say(approval, present, signed=signer.sign(approval))
    say(approval, present, signed=signer.sign(approval, on_behalf_of=grace.pk))

    assert Vote.objects.get().on_behalf_of_id == grace.pk
    assert state_of(approval) == ApprovalState.APPROVED


def test_nobody_goes_ahead_alone_where_a_yes_is_signed(
    client: Client, ada: User, grace: User
) -> None:
    set_attributes(ada, {"roles": ["analyst"]})
    make_rule(Approvers.PEOPLE, people=[grace], break_glass_role="analyst")
    approval = Asking(client, ada, SIGNED).lodge()

    with pytest.raises(NotEligibleError):
        break_glass(approval, ada.pk, "Nobody can be reached at all.", a_ballot(approval), CONTEXT)


def test_unsigned_row_put_beside_counts_for_nothing(client: Client, ada: User, grace: User) -> None:
    """Somebody writes to the database: what is minted from it looks at the signatures."""
    other = make_someone("dora")
    approval = ask_signed(client, ada, grace, other)
    Vote.objects.create(
        approval=approval, voter=other, keys=[f"person:{other.pk}"], outcome="approve",
        shown_digest="0" * 64, voted_at=timezone.now(),
    )  # fmt: skip

    signer = Signer.make(grace)
    assert say(approval, grace, signed=signer.sign(approval)) == ApprovalState.PENDING


def test_page_asks_the_passkey_and_takes_its_signature(
    client: Client, ada: User, grace: User
) -> None:
    key, approval = has_passkey(grace), ask_signed(client, ada, grace)
    browser = signed_in(grace)
    page = browser.get(approval.get_absolute_url()).content.decode()
    assert "will be signed with your own passkey" in page
    assert "Approve once" not in page

    refused = send_signed(browser, approval, key, origin="https://evil.example")
    assert refused.status_code == 422
    assert "Your yes was not signed" in refused.content.decode()

    assert send_signed(browser, approval, key).status_code == 302
    assert state_of(approval) == ApprovalState.APPROVED


def test_page_without_a_passkey_leads_to_one_and_takes_a_no(
    client: Client, ada: User, grace: User
) -> None:
    approval = ask_signed(client, ada, grace)
    browser, path = signed_in(grace), approval.get_absolute_url()
    page = browser.get(path).content.decode()

    assert f"/passkeys/add/?next={path}" in page or "Add a passkey" in page
    assert "Sign and approve" not in page
    shown = page.split('name="shown" value="')[1].split('"')[0]
    assert browser.post(path, {"outcome": "approve", "shown": shown}).status_code == 422
    assert browser.post(path, {"outcome": "deny", "shown": shown}).status_code == 302
    assert state_of(approval) == ApprovalState.DENIED
