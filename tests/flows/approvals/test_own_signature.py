"""A query that the person who asks signs: consent screen, signature, token, use."""

from claims.catalogue.details.defaults import QUERY
from claims.catalogue.models import AuthorizationDetailsType
from consent.approvals.models import Approval, ApprovalState, VoteSignature
from foundation.directory.models import User
from tests.accounts.factors.holding import has_passkey
from tests.approvals.asking import state_of
from tests.approvals.signing import send_signed
from tests.flows.approvals.warehouse import Warehouse, details
from tests.relying_party import RelyingParty, answer_of


def test_own_yes_is_signed_on_the_page_that_comes_next(
    desk: RelyingParty, person: User, warehouse: Warehouse
) -> None:
    row = AuthorizationDetailsType.objects.get(type=QUERY)
    row.needs_signature = True
    row.save()
    page = desk.sign_in(person, desk.authorize(authorization_details=details()))
    key = has_passkey(person)
    assert "You sign this with your own passkey" in page.content.decode()

    desk.decide(page)
    approval = Approval.objects.get()
    assert state_of(approval) == ApprovalState.PENDING
    signed = desk.follow(send_signed(desk.browser, approval, key))
    tokens = desk.exchange(answer_of(signed)["code"]).json()

    assert VoteSignature.objects.filter(vote__approval=approval).exists()
    with warehouse.admit(tokens["access_token"]) as admission:
        admission.executed(1)
    assert state_of(approval) == ApprovalState.EXECUTED
