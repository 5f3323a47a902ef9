"""What the person has to do before the request can be answered, and why.

The same checks send a person to the right page and answer `prompt=none` with the right error (OIDC
Core §3.1.2.1, §3.1.2.6).
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from consent.asking.prompts import ConsentQuestions
from foundation.directory.step_up import StepUp
from idp.authorize.assurance import is_too_weak, level_of, needed_level, wished_level
from idp.authorize.policy import step_up_wanted_by_policy
from idp.authorize.questions import questions_for, unanswered_details
from idp.authorize.silence import refuse_to_tell_who_is_there
from idp.authorize.situation import Situation
from idp.errors import (
    AccessDeniedError,
    AccountSelectionRequiredError,
    ConsentRequiredError,
    InteractionRequiredError,
    LoginRequiredError,
    OAuthError,
    UnmetAuthenticationRequirementsError,
)
from idp.tokens.hints import read_id_token_hint


class Step(Enum):
    """Where the browser goes next."""

    SIGN_IN = "sign_in"
    REAUTHENTICATE = "reauthenticate"
    STRENGTHEN = "strengthen"
    """Confirm by a stronger factor."""
    PAY = "pay"
    """Come to have a factor that the rules demand of the person."""
    NOT_FOR_THEM = "not_for_them"
    """Say that the application is not for who is signed in."""
    SELECT_ACCOUNT = "select_account"
    CONSENT = "consent"
    WAIT = "wait"
    ANSWER = "answer"


ERROR_OF_STEP: dict[Step, type[OAuthError]] = {
    Step.SIGN_IN: LoginRequiredError,
    Step.REAUTHENTICATE: LoginRequiredError,
    Step.STRENGTHEN: LoginRequiredError,
    Step.PAY: InteractionRequiredError,
    Step.NOT_FOR_THEM: AccessDeniedError,
    Step.SELECT_ACCOUNT: AccountSelectionRequiredError,
    Step.CONSENT: ConsentRequiredError,
    Step.WAIT: ConsentRequiredError,
}

REFUSED_STEP: dict[Step, type[OAuthError]] = {
    Step.REAUTHENTICATE: AccessDeniedError,
    Step.STRENGTHEN: UnmetAuthenticationRequirementsError,
}
"""What the application is told of who does not confirm that it is them (RFC 6749 §4.1.2.1, Unmet
Authentication Requirements §2)."""


def is_nobody_there(situation: Situation) -> bool:
    """Nobody is signed in to this browser."""
    return situation.sign_in is None


def is_somebody_else(situation: Situation) -> bool:
    """OIDC Core §3.1.2.1 `id_token_hint`, §5.5.1 `sub`: the application means another person."""
    if situation.sign_in is None:
        return False
    hint = read_id_token_hint(given) if (given := situation.request.id_token_hint) else None
    # A hint that was taken and cannot be read any more means somebody: nobody who is here.
    meant: list[Any] = [hint.subject if hint else None] if given else []
    requested = (situation.request.requested_claims.get("id_token") or {}).get("sub") or {}
    if "value" in requested:
        meant.append(requested["value"])
    return any(subject != situation.sign_in.user.subject for subject in meant)


def is_fresh_sign_in_wanted(situation: Situation) -> bool:
    """OIDC Core §3.1.2.1 `prompt=login`."""
    return "login" in situation.request.prompts and not situation.signed_in_since


def is_sign_in_too_old(situation: Situation) -> bool:
    """OIDC Core §3.1.2.1 `max_age`, or the client's `default_max_age` (Registration §2)."""
    max_age = situation.request.max_age_seconds
    if max_age is None:
        max_age = situation.client.default_max_age
    if max_age is None or situation.sign_in is None or situation.signed_in_since:
        return False
    return (situation.now - situation.sign_in.auth_time).total_seconds() > max_age


def is_sign_in_doubted(situation: Situation) -> bool:
    """OIDC Core §3.1.2.3: the sign-in is too unusual to be answered with without a fresh one."""
    return situation.sign_in is not None and situation.sign_in.is_doubted


def is_factor_owed(situation: Situation) -> bool:
    """Say whether a rule demands a factor of the person that the session was opened without."""
    return situation.owed is not None


def is_account_to_be_chosen(situation: Situation) -> bool:
    """OIDC Core §3.1.2.1 `prompt=select_account`."""
    has_chosen = situation.account_chosen or situation.signed_in_since
    return "select_account" in situation.request.prompts and not has_chosen


REASONS_TO_SIGN_IN: tuple[tuple[Callable[[Situation], bool], Step], ...] = (
    (is_nobody_there, Step.SIGN_IN),
    (is_somebody_else, Step.SIGN_IN),
    (is_fresh_sign_in_wanted, Step.REAUTHENTICATE),
    (is_sign_in_too_old, Step.REAUTHENTICATE),
    (is_sign_in_doubted, Step.REAUTHENTICATE),
    (is_factor_owed, Step.PAY),
)


class Onward(NamedTuple):
    """Where the browser goes next, and what is known of it."""

    step: Step
    asked: ConsentQuestions | None = None
    """The questions, once they are known."""
    step_up: StepUp = StepUp()
    """What a sign-in that is confirmed has to be."""
    is_wish: bool = False
    """The application only wishes for it: the person may go on without it."""


def next_step(situation: Situation) -> Onward:
    """Return the next step.

    Raises the error of OIDC Core §3.1.2.6 when a step is needed and `prompt=none` forbids it,
    `LoginRequiredError` when somebody other than the hinted person has just signed in, and that of
    a sign-in that is needed and the person will not give.
    """
    refuse_to_tell_who_is_there(situation)
    onward = _next_step(situation)
    step = onward.step
    if step is not Step.ANSWER and "none" in situation.request.prompts:
        raise ERROR_OF_STEP[step]
    if step in REFUSED_STEP and situation.has_declined:
        raise REFUSED_STEP[step]
    if step is Step.SIGN_IN and situation.signed_in_since:
        raise LoginRequiredError("Another person than the application means has signed in.")
    return onward


def _next_step(situation: Situation) -> Onward:
    for reason, step in REASONS_TO_SIGN_IN:
        if reason(situation):
            return Onward(step)
    if situation.is_for_others:
        return Onward(Step.NOT_FOR_THEM)
    needed = needed_level(situation)
    if level := needed or wished_level(situation):
        return _strengthen(situation, level, is_wish=not needed)
    if is_account_to_be_chosen(situation):
        return Onward(Step.SELECT_ACCOUNT)
    if (step_up := step_up_wanted_by_policy(situation)) is not None:
        return Onward(Step.STRENGTHEN, step_up=step_up)
    return _by_questions(situation)


def _strengthen(situation: Situation, level: str, *, is_wish: bool = False) -> Onward:
    """RFC 9470 §5: what is missing of a level, where `max_age` says so since then."""
    step_up = StepUp(level, situation.counts_since)
    return Onward(Step.STRENGTHEN, step_up=step_up, is_wish=is_wish)


def _by_questions(situation: Situation) -> Onward:
    asked = questions_for(situation)
    if is_too_weak(asked):
        return _strengthen(situation, level_of(situation, asked))
    if asked.must_ask or unanswered_details(situation):
        return Onward(Step.CONSENT, asked)
    return Onward(Step.WAIT if situation.waiting_at else Step.ANSWER, asked)
