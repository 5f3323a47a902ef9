"""Taking what somebody proves with: a code or a passkey, counted, recorded in the session."""

from collections.abc import Mapping
from typing import Any

import structlog
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.directory.factors import copied, passkeys, recovery, totp
from foundation.directory.models import User
from foundation.directory.risk.failures import note_failure
from idp.accounts.factors import changes

log = structlog.get_logger(__name__)


class NotProvedError(Exception):
    """It was not proved; the sentence for the person says no more than that."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def prove_by_code(
    request: HttpRequest, person: User, code: str, *, reauthenticated: bool = False
) -> None:
    """Take a code of an app or a recovery code, once; raises `NotProvedError`."""
    forget_count = _count(person)
    now = timezone.now()
    factor = totp.accept(person, code, now)
    if factor is not None:
        forget_count()
        _record(request, factor, reauthenticated=reauthenticated)
        return
    if recovery.accept(person, code):
        forget_count()
        changes.recovery_code_used(request, person)
        method = {"type": Authenticator.Type.RECOVERY_CODES.value}
        if reauthenticated:
            method["reauthenticated"] = True
        record_authentication(request, person, "mfa", **method)
        return
    note_failure(person.get_username(), now=now)
    raise NotProvedError(_("That code is not right, or was used already."))


def prove_by_passkey(
    request: HttpRequest,
    person: User,
    answer: Mapping[str, Any],
    purpose: str,
    *,
    reauthenticated: bool = False,
) -> None:
    """Take the answer of one of somebody's passkeys, once; raises `NotProvedError`."""
    forget_count = _count(person)
    taken = take_passkey(request, person, answer, purpose)
    forget_count()
    _record(request, taken.factor, reauthenticated=reauthenticated, **taken.facts)


def take_passkey(
    request: HttpRequest, person: User | None, answer: Mapping[str, Any], purpose: str
) -> passkeys.Answer:
    """Take a passkey's answer, once, and record nothing; raises `NotProvedError`.

    A key of which there seems to be a copy is switched off.
    """
    now = timezone.now()
    try:
        return passkeys.accept(person, answer, purpose=purpose, now=now)
    except passkeys.CopiedKeyError as error:
        log.warning("passkey_copied", factor=error.factor.pk)
        copied.deal_with(request, error.factor, now)
        raise NotProvedError(_("That passkey was not accepted. Try again.")) from error
    except passkeys.RefusedAnswerError as error:
        log.info("passkey_refused", reason=str(error))
        raise NotProvedError(_("That passkey was not accepted. Try again.")) from error


def record_passkey_alone(request: HttpRequest, taken: passkeys.Answer) -> None:
    """Record that somebody signed in by a passkey and nothing else."""
    _record(request, taken.factor, passwordless=True, **taken.facts)


def _record(request: HttpRequest, factor: Authenticator, **facts: bool) -> None:
    factor.record_usage()
    said = {name: True for name, value in facts.items() if value}
    record_authentication(request, factor.user, "mfa", id=factor.pk, type=factor.type, **said)


def _count(person: User) -> Any:
    """Count an attempt; returns what forgets it. Raises `NotProvedError` after too many."""
    try:
        return check_rate_limit(person)
    except ValidationError as error:
        raise NotProvedError(" ".join(error.messages)) from error
