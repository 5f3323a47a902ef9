"""Passkeys and security keys: taking the answer of one (WebAuthn §7.2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    UserVerificationRequirement,
)

from foundation.directory.factors import challenges, counters
from foundation.directory.factors.proofs import SYNCED, VERIFIED
from foundation.directory.factors.relying_party import server
from foundation.directory.factors.selectors import OFF_SINCE, is_off
from foundation.directory.models import User

LONGEST_NAME = 60
TYPE = Authenticator.Type.WEBAUTHN


class RefusedAnswerError(Exception):
    """The answer of a passkey is not good; what is wrong with it is in the text, for the log."""


class CopiedKeyError(Exception):
    """There may be a copy of the key that answered (WebAuthn §6.1.1).

    No refusal among others: whoever asks a passkey has to hand this to `copied.deal_with`.
    """

    def __init__(self, factor: Authenticator) -> None:
        super().__init__("the counter did not rise: there may be a copy of this key")
        self.factor = factor


@dataclass(frozen=True, slots=True)
class Answer:
    """A passkey answered: whose it is, and what it said of itself."""

    factor: Authenticator
    is_verified: bool
    """It asked for PIN, finger or face."""
    is_synced: bool

    @property
    def facts(self) -> dict[str, bool]:
        """What the record of this sign-in keeps of it."""
        return {VERIFIED: self.is_verified, SYNCED: self.is_synced}


def options_to_answer(person: User | None, purpose: str, now: datetime) -> dict[str, Any]:
    """Return PublicKeyCredentialRequestOptions as JSON (WebAuthn §5.5); None: whoever it is."""
    wanted = UserVerificationRequirement
    options, _ = server().authenticate_begin(
        credentials=credentials_of(person.pk, answering=True) if person else [],
        user_verification=wanted.PREFERRED if person else wanted.REQUIRED,
        challenge=challenges.make(purpose, now),
    )
    return dict(options)


def accept(
    person: User | None, response: Mapping[str, Any], *, purpose: str, now: datetime
) -> Answer:
    """Take a passkey's answer, once (WebAuthn §7.2); raises `RefusedAnswerError`.

    Without a person it has to say itself whose it is, and to have verified them. Of a key that
    did not count on it raises `CopiedKeyError`.
    """
    factor, given = answered(
        person.pk if person else None,
        response,
        lambda challenge: challenges.accept(challenge, purpose, now),
        is_verified=person is None,
    )
    data = given.response.authenticator_data
    return Answer(factor, data.is_user_verified(), data.is_backup_eligible())


def answered(
    owner: UUID | None,
    response: Mapping[str, Any],
    is_ours: Callable[[bytes], bool],
    *,
    is_verified: bool,
) -> tuple[Authenticator, AuthenticationResponse]:
    """Return the key that answered one of our challenges, once, and its answer.

    Whose it is the answer says where nobody else does. Raises `RefusedAnswerError`, and
    `CopiedKeyError`.
    """
    try:
        given = AuthenticationResponse.from_dict(response)
        state = state_of(given.response.client_data, is_ours)
        if is_verified:
            state["user_verification"] = UserVerificationRequirement.REQUIRED
        factor = _of(owner or UUID(bytes=given.response.user_handle or b""), given.raw_id)
        server().authenticate_complete(state, [_credential(factor)], given)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RefusedAnswerError(str(error)) from error
    data = given.response.authenticator_data
    # WebAuthn §7.2 step 22: a counter that did not rise says that there are two of this key.
    if not _is_without_counter(factor, data) and not counters.advance(factor, data.counter):
        raise CopiedKeyError(factor)
    return factor, given


def find(credential_id: bytes) -> Authenticator | None:
    """Return whose key this is, whoever that may be."""
    return Authenticator.objects.filter(
        type=TYPE, data__credential_id=websafe_encode(credential_id)
    ).first()


def switch_off(factor: Authenticator, now: datetime) -> bool:
    """Let a key answer nothing any more; False when it was switched off before.

    Of any number at the same time one succeeds.
    """
    data = {**factor.data, OFF_SINCE: now.isoformat()}
    rows = Authenticator.objects.filter(pk=factor.pk).exclude(data__has_key=OFF_SINCE)
    return bool(rows.update(data=data) == 1)


def _of(owner: UUID, credential_id: bytes) -> Authenticator:
    factor = find(credential_id)
    if factor is None or factor.user_id != owner or not factor.user.is_active:
        raise RefusedAnswerError("not a key of theirs")
    if is_off(factor.data):
        raise RefusedAnswerError("switched off")
    return factor


def state_of(said: CollectedClientData, is_ours: Callable[[bytes], bool]) -> dict[str, Any]:
    """Return what one of our challenges was given with. Raises `RefusedAnswerError`."""
    if said.cross_origin:
        raise RefusedAnswerError("asked from within a page of somebody else")
    if not is_ours(said.challenge):
        raise RefusedAnswerError("not a challenge that was given for this, or used already")
    return {"challenge": websafe_encode(said.challenge), "user_verification": None}


def _is_without_counter(factor: Authenticator, data: AuthenticatorData) -> bool:
    """Say whether a key counts nothing, as those that are on many devices do (WebAuthn §6.1.1)."""
    return data.counter == 0 and not factor.data["counts"]


def credentials_of(person: UUID, *, answering: bool = False) -> list[AttestedCredentialData]:
    """Return somebody's keys; `answering`: without those that are switched off."""
    found = Authenticator.objects.filter(user=person, type=TYPE)
    return [_credential(each) for each in found if not (answering and is_off(each.data))]


def _credential(factor: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(factor.data["credential"]))
