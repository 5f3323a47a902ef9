"""What the pages of one approval have in common, as HTML that is rendered once."""

from django.utils.safestring import SafeString

from consent.approvals.models import Approval
from consent.approvals.views.forms import BallotForm
from consent.approvals.views.rows import StateFacts
from foundation.base.texts.dates import DatesInWords
from foundation.base.texts.fragments import Fragment, place_of
from foundation.base.texts.legible import in_a_line
from foundation.directory.application_card import application_card

STATE = Fragment("consent/approvals/state.html", conditions=["approval"])
WHO = Fragment(
    "consent/approvals/who.html",
    texts=["card", "code", "person", "username", "moment", "machine_readable", "address"],
    conditions=["has_person", "has_address"],
)
BALLOT = Fragment(
    "consent/approvals/ballot.html",
    texts=["csrf_token", "shown", "note", "at", "options", "add_passkey"],
    conditions=["form", "may_approve", "is_single_use", "is_signed", "has_passkey"],
)
FORM = BallotForm(initial={name: place_of(name) for name in ("shown", "note")})
"""As everybody gets it before anything was sent, with places for what differs."""


def state_drawn(language: str, approval: Approval) -> SafeString:
    """Return where an approval stands, as badges in the active language, which is `language`."""
    facts = StateFacts(approval.state, approval.has_run_out, approval.is_break_glass)
    return STATE.draw(language, None, facts)


def who_asks(language: str, approval: Approval) -> SafeString:
    """Return who asks, from where, when, and the code that both sides see."""
    dates, client, person = DatesInWords(), approval.client, approval.requester
    texts = {
        "card": application_card(language, client, domain=client.client_uri),
        "code": in_a_line(approval.binding_code),
        "person": in_a_line(person.get_full_name()) if person else "",
        "username": in_a_line(person.get_username()) if person else "",
        "moment": dates.minute(approval.created_at),
        "machine_readable": dates.machine_readable(approval.created_at),
        "address": approval.address or "",
    }
    return WHO.draw(language, texts, person is not None, bool(approval.address))


def ballot_drawn(
    language: str,
    texts: dict[str, str],
    *,
    may_approve: bool,
    is_single_use: bool,
    has_passkey: bool | None,
) -> SafeString:
    """Return the form of who votes; `texts` are csrf_token, shown, note.

    `has_passkey` says whether they could sign, None that nothing is signed; where it is, `texts`
    are at, options and add_passkey too.
    """
    conditions = (may_approve, is_single_use, has_passkey is not None, bool(has_passkey))
    return BALLOT.draw(language, texts, FORM, *conditions)
