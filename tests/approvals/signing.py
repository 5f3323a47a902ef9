"""People who sign what they approve, in process and on the page."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client as Browser, RequestFactory
from django.utils import timezone

from consent.approvals.card.contents import shown_digest
from consent.approvals.models import Approval, Approvers
from consent.approvals.signing.taking import SignedAnswer, Voting, options_for
from consent.approvals.terms import ApprovalTerms
from foundation.directory.factors.passkeys import find
from foundation.directory.models import Client, User
from idp.accounts.factors import changes
from tests.accounts.factors.holding import has_passkey, options_on
from tests.approvals.asking import Asking, make_rule
from tests.authenticator import SoftwarePasskey
from tests.html_forms import form_with

SIGNED = ApprovalTerms(needs_signature=True)


@dataclass
class Signer:
    """Somebody with a passkey of which an act tells."""

    person: User
    key: SoftwarePasskey

    @classmethod
    def make(cls, person: User, **kind: Any) -> "Signer":
        key = has_passkey(person, **kind)
        changes.added(request_of(person), found(key))
        return cls(person, key)

    def sign(self, approval: Approval, *, on_behalf_of: Any = None, **wrong: Any) -> SignedAnswer:
        """Sign an approval; `wrong` are arguments of `SoftwarePasskey.get`."""
        now = timezone.now()
        voting = Voting(approval, self.person.pk, shown_digest(approval, "en"), now)
        options = options_for(voting, on_behalf_of)
        return SignedAnswer(int(now.timestamp()), self.key.get(options, **wrong))

    def lose(self) -> None:
        """Remove the key."""
        changes.remove(request_of(self.person), found(self.key))


def found(key: SoftwarePasskey) -> Any:
    factor = find(key.credential_id)
    assert factor is not None
    return factor


def request_of(person: User) -> Any:
    request = RequestFactory().get("/")
    request.user = person
    return request


def ask_signed(client: Client, asker: User, *deciders: User) -> Approval:
    """Lodge what all of these have to sign."""
    make_rule(Approvers.PEOPLE, people=list(deciders), needed=len(deciders), title="They sign")
    return Asking(client, asker, SIGNED).lodge()


def send_signed(
    browser: Browser, approval: Approval, key: SoftwarePasskey, **wrong: Any
) -> HttpResponse:
    """Open the page of an approval, sign it as a browser would, and send it."""
    path = approval.get_absolute_url()
    page = browser.get(path)
    data = form_with(page.content.decode(), "shown").data
    answer = json.dumps(key.get(options_on(page), **wrong))
    return browser.post(path, {**data, "outcome": "approve", "answer": answer})
