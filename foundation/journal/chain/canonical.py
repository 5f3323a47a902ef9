"""The one form in which an act is digested: canonical JSON (RFC 8785), SHA-256, HMAC.

No fraction is in it: a database may give another back than it was given.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime
from json.encoder import encode_basestring as quoted
from typing import Any
from uuid import UUID

from django.conf import settings

from foundation.base.keyed import Ring
from foundation.journal.models.history import Act, PersonalPart
from scopeward_guard.vocabulary import MalformedError, canonical as canonical_json

FIRST_HASH = "0" * 64
"""What stands before row 1."""
PURPOSE = "history"
PERSONAL_FIELDS = ("actor_id", "address", "user_agent", "reason", "shown", "other_id", "changes")

Members = dict[str, Any]


def canonical(value: Members) -> bytes:
    """Return the canonical JSON of a value. Raise MalformedError for what has no exact form."""
    _refuse_fractions(value)
    return canonical_json(value)


def sha256(value: Members) -> str:
    """Return the digest of a value, in hexadecimal."""
    return sha256_of(canonical(value))


def sha256_of(text: bytes) -> str:
    """Return the digest of a text, in hexadecimal."""
    return hashlib.sha256(text).hexdigest()


def ring() -> Ring:
    """Return the operator's secret, HISTORY_SECRET."""
    found: Ring = settings.HISTORY_SECRET
    return found


def keyed(text: bytes) -> str:
    """Return the MAC of a text under the operator's secret (`foundation.base.keyed`)."""
    return ring().mac(PURPOSE, text)


def is_keyed(mac: str, text: bytes) -> bool:
    """Say in constant time whether a MAC is of this text, under the secret or an older one."""
    return ring().made(mac, PURPOSE, text)


def act_members(act: Act) -> Members:
    """Return what an act says: every column but those of the chain."""
    return {
        "id": str(act.pk),
        "at": timestamp(act.at),
        "kind": str(act.kind),
        "actor": str(act.actor),
        "client": _text(act.client_id),
        "grant": _text(act.grant_id),
        "scope": act.scope,
        "object": [act.object_kind, act.object_key],
        "text_version": act.text_version,
        "locale": act.locale,
        "acr": act.acr,
        "detail": act.detail,
        "personal_digest": act.personal_digest,
    }


def personal_members(part: PersonalPart) -> Members:
    """Return what a personal part says, with its salt."""
    said = {name: getattr(part, name) for name in PERSONAL_FIELDS}
    # Acts from before there was a choice have been digested without it.
    shared = {"shared_email": part.shared_email} if part.shared_email else {}
    return {"salt": part.salt, "person": _text(part.person_id), **said, **shared}


def seal(act: bytes) -> str:
    """Return the MAC of an act, given in canonical JSON."""
    return keyed(b"act " + act)


def is_sealed(act_seal: str, act: bytes) -> bool:
    """Say whether an act, in canonical JSON, is the one that was sealed."""
    return is_keyed(act_seal, b"act " + act)


def chained(number: int, previous_hash: str, act: bytes, act_seal: str) -> str:
    """Return the hash of a row: the act (canonical JSON), its seal, its number, the hash before.

    It is that of the canonical JSON of the four, in which the act's own stands as it is.
    """
    rest = f',"number":{number},"previous":{quoted(previous_hash)},"seal":{quoted(act_seal)}}}'
    return sha256_of(b'{"act":' + act + rest.encode("utf-8", "surrogatepass"))


def link_mac(row_hash: str) -> str:
    """Return the MAC of a row's hash."""
    return keyed(b"row " + row_hash.encode())


def erasure_mac(act: str, erasure: str) -> str:
    """Return the MAC of an act's personal part having been blanked in an erasure (both ids)."""
    return keyed(_erased(act, erasure))


def is_erased(mac: str, act: str, erasure: str) -> bool:
    """Say whether it was blanked by somebody with the operator's secret."""
    return is_keyed(mac, _erased(act, erasure))


def erased_digest(acts: Iterable[str]) -> str:
    """Return what an erasure says of the acts (ids) that it blanked."""
    return hashlib.sha256("\n".join(sorted(acts)).encode()).hexdigest()


def segment_mac(jws: str) -> str:
    """Return the MAC of a seal."""
    return keyed(b"segment " + jws.encode())


def is_segment(mac: str, jws: str) -> bool:
    """Say whether a seal was made by somebody with the operator's secret."""
    return is_keyed(mac, b"segment " + jws.encode())


def is_linked(mac: str, row_hash: str) -> bool:
    """Say whether a row's hash was written by somebody with the operator's secret."""
    return is_keyed(mac, b"row " + row_hash.encode())


def is_same(one: str, other: str) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def timestamp(at: datetime) -> str:
    """Return a time in UTC with microseconds (RFC 3339)."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _erased(act: str, erasure: str) -> bytes:
    return f"erased {act} {erasure}".encode()


def _text(key: UUID | int | None) -> str | None:
    return None if key is None else str(key)


def _refuse_fractions(value: Any) -> None:
    for item in value.values() if isinstance(value, dict) else value:
        kind = type(item)
        if kind is str or kind is int or item is None:
            continue
        if isinstance(item, float):
            raise MalformedError("a fraction has no exact form")
        if isinstance(item, dict | list | tuple):
            _refuse_fractions(item)
