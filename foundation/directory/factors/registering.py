"""Adding a passkey or security key (WebAuthn §7.1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticatorData,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from foundation.directory.factors import challenges, counters
from foundation.directory.factors.passkeys import (
    LONGEST_NAME,
    TYPE,
    RefusedAnswerError,
    credentials_of,
    find,
    state_of,
)
from foundation.directory.factors.relying_party import server
from foundation.directory.models import User

ALGORITHM = 3
"""The label of it in a COSE key (RFC 9052 §7.1)."""


def options_to_register(person: User, purpose: str, now: datetime) -> dict[str, Any]:
    """Return PublicKeyCredentialCreationOptions as JSON (WebAuthn §5.4)."""
    options, _ = server().register_begin(
        user=PublicKeyCredentialUserEntity(
            id=person.pk.bytes, name=person.get_username(), display_name=person.get_full_name()
        ),
        credentials=credentials_of(person.pk),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
        challenge=challenges.make(purpose, now),
        extensions={"credProps": True},
    )
    return dict(options)


def register(
    person: User, response: Mapping[str, Any], name: str, *, purpose: str, now: datetime
) -> Authenticator:
    """Make what answered a factor of somebody (WebAuthn §7.1); raises `RefusedAnswerError`."""
    try:
        given = RegistrationResponse.from_dict(response)
        state = state_of(
            given.response.client_data,
            lambda challenge: challenges.accept(challenge, purpose, now),
        )
        data = server().register_complete(state, given)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RefusedAnswerError(str(error)) from error
    credential = data.credential_data
    if credential is None or find(credential.credential_id) is not None:
        raise RefusedAnswerError("registered already, or nothing to register")
    # WebAuthn §7.1: only what was offered; the answer of another could not be verified.
    offered = {each.alg for each in server().allowed_algorithms}
    if credential.public_key.get(ALGORITHM) not in offered:
        raise RefusedAnswerError("an algorithm that was not offered")
    kept = _kept(data, credential, response, name)
    try:
        with transaction.atomic():
            factor = Authenticator.objects.create(user=person, type=TYPE, data=kept)
            counters.begin(factor, data.counter or -1, credential.credential_id)
    except IntegrityError as error:
        raise RefusedAnswerError("registered a moment ago") from error
    return factor


def _kept(
    data: AuthenticatorData,
    credential: AttestedCredentialData,
    response: Mapping[str, Any],
    name: str,
) -> dict[str, Any]:
    properties = (response.get("clientExtensionResults") or {}).get("credProps") or {}
    return {
        "name": name[:LONGEST_NAME],
        "credential_id": websafe_encode(credential.credential_id),
        "credential": websafe_encode(bytes(credential)),
        "discoverable": properties.get("rk") is True,
        "verifies": data.is_user_verified(),
        "synced": data.is_backup_eligible(),
        "counts": data.counter > 0,
    }
