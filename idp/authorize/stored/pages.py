"""The page that a waiting request leads the browser to next."""

from dataclasses import replace

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.urls import reverse
from django.utils.http import urlencode

from consent.answering.services import open_consent_request
from idp.authorize.interaction import Onward, Step
from idp.authorize.questions import asked_of_the_person, unanswered_details
from idp.authorize.situation import Situation
from idp.authorize.stored import pending
from idp.models import StoredAuthorizationRequest

WISH = "wish"
"""Parameter of the page where somebody confirms that it is them: it may be left."""
PAGE_OF_STEP = {
    Step.SIGN_IN: "account_login",
    Step.REAUTHENTICATE: "account_reauthenticate",
    Step.STRENGTHEN: "account_reauthenticate",
    Step.PAY: "factor_due",
}

PAGE_OF_REQUEST = {
    Step.SELECT_ACCOUNT: "authorize_select_account",
    Step.NOT_FOR_THEM: "authorize_not_for_you",
}


def page_of(situation: Situation, onward: Onward, stored: StoredAuthorizationRequest) -> str:
    """Return its address here; it leads back to the request."""
    if onward.step is Step.CONSENT:
        return _consent_page(situation, stored)
    if onward.step is Step.WAIT:
        return situation.waiting_at
    if onward.step in PAGE_OF_REQUEST:
        return reverse(PAGE_OF_REQUEST[onward.step], args=[stored.pk])
    query = {REDIRECT_FIELD_NAME: pending.resume_path(stored), **onward.step_up.parameters}
    query |= {WISH: "1"} if onward.is_wish else {}
    return f"{reverse(PAGE_OF_STEP[onward.step])}?{urlencode(query)}"


def _consent_page(situation: Situation, stored: StoredAuthorizationRequest) -> str:
    details = tuple(detail.data for detail in unanswered_details(situation))
    consent_request = open_consent_request(
        replace(asked_of_the_person(situation), details=details),
        return_to=pending.resume_path(stored),
        redirect_origin=pending.redirect_origin(stored),
    )
    pending.note_consent_request(stored, consent_request.pk)
    return str(consent_request.get_absolute_url())
