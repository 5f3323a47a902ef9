"""The policy bundle: a policy document and the deny-list, signed by the provider for one guard.

A compact JWS with the type `scopeward-policy+jwt` over

    {"iss", "aud", "iat", "max_age", "revision", "document", "revocations"}
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scopeward_guard._base.errors import BadTokenError, MalformedError
from scopeward_guard._base.unhurried import let_others_in
from scopeward_guard._provider.jws import JwsReader, KeySource
from scopeward_guard._provider.steps import MAX_ANSWER_BYTES
from scopeward_guard._tokens.deny_list import DenyList, parse_deny_list
from scopeward_guard._tokens.principal import Expectation, check_issued
from scopeward_guard.cedar import PolicyDocument, parse_document

TYPES = frozenset({"scopeward-policy+jwt", "application/scopeward-policy+jwt"})


@dataclass(frozen=True, slots=True)
class Bundle:
    """One edition. It may be relied on for `max_age` seconds after the provider confirmed it."""

    issued_at: float
    max_age: float
    document: PolicyDocument
    deny_list: DenyList


class BundleReader:
    """Reads the bundles of one provider for one resource server."""

    def __init__(
        self, keys: KeySource, expectation: Expectation, *, clock: Callable[[], float]
    ) -> None:
        self._reader = JwsReader(TYPES, max_characters=MAX_ANSWER_BYTES)
        self._keys, self._expectation, self._clock = keys, expectation, clock

    def read(self, text: str) -> Bundle:
        """Return the bundle.

        Raises `BadTokenError` for one that is not signed by the provider, for us, before now;
        `MalformedError` for one that is not whole; `UnavailableError` where keys cannot be had.
        """
        signed = self._reader.parse(text)
        body = signed.checked(self._keys.key(signed.kid))
        let_others_in()
        issued_at = check_issued(body, self._expectation, now=self._clock())
        document = parse_document(_object(body, "document"))
        if document.audience != self._expectation.audience:
            raise BadTokenError("a policy for another audience")
        # What we do not know of a document, we would not decide by.
        if document.revision != body.get("revision"):
            raise MalformedError("a policy document that is read differently here")
        let_others_in()
        return Bundle(
            issued_at=issued_at,
            max_age=_seconds(body, "max_age"),
            document=document,
            deny_list=parse_deny_list(_object(body, "revocations")),
        )


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise MalformedError(f"{name} is not an object")
    return value


def _seconds(body: Mapping[str, Any], name: str) -> float:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise MalformedError(f"{name} is not a number of seconds")
    return value
