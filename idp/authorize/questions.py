"""What a request asks of the person who is signed in, and why nothing may be left of it."""

from claims.catalogue.details import Detail
from consent.approvals.use.outcome import DetailsOutcome
from consent.asking.prompts import ConsentQuestions, questions
from consent.consent_question import ConsentQuestion
from consent.errors import GrantGoneError
from consent.grants.of_request import ReadBefore
from idp.authorize.checks.authorization_details import requested_details
from idp.authorize.checks.scope import effective_scopes
from idp.authorize.grant_management import aim_of, gone
from idp.authorize.situation import Situation

SENTENCES = {
    "denied": "An approver denied what was asked for.",
    "cancelled": "What was asked for has been withdrawn.",
    "revoked": "What was asked for has been revoked.",
    "expired": "What was asked for was not approved in time.",
}
"""By how approvals end, the one that says most first."""


def unanswered_details(situation: Situation) -> tuple[Detail, ...]:
    """Return the details that nobody was asked about: every request needs an approval anew."""
    if situation.consented:
        return ()
    return requested_details(situation.request, situation.client)


def questions_for(situation: Situation) -> ConsentQuestions:
    """Return what would have to be asked; `prompt=consent` reopens everything once.

    Raises `OAuthError` when the request names a grant that does not stand between these two.
    """
    try:
        asked = asked_of_the_person(situation)
        return questions(asked, situation.now, before=ReadBefore(situation.ordinary_grant))
    except GrantGoneError:
        raise gone(situation) from None


def asked_of_the_person(situation: Situation) -> ConsentQuestion:
    """Return what the request asks of who is signed in, but for its authorization details."""
    request = situation.request
    assert situation.sign_in is not None  # noqa: S101 - the steps before have seen to it
    return ConsentQuestion(
        person_id=situation.sign_in.user.pk,
        client=situation.client,
        scopes=effective_scopes(request, situation.client),
        requested_claims=request.requested_claims,
        aim=aim_of(situation),
        reopened="consent" in request.prompts and not situation.consented,
        sign_in=situation.sign_in,
        address=situation.address,
    )


def why_nothing_is_left(outcome: DetailsOutcome) -> str:
    """Return the `error_description` (RFC 6749 §4.1.2.1); empty when the person said no."""
    return next((words for ended, words in SENTENCES.items() if ended in outcome.ended), "")
