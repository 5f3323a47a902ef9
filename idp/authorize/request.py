"""The authorization request as it arrived: inert text, checked elsewhere."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jwcrypto.common import JWException

from foundation.base.keyed import UnknownKeyError
from foundation.base.keys.secret_texts import seal_text, unseal_text
from foundation.directory.resources import registered_spelling
from idp.authorize.refused_object import answer_parameters

PARAMETERS = (
    "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce",
    "code_challenge", "code_challenge_method", "prompt", "max_age", "acr_values", "id_token_hint",
    "login_hint", "ui_locales", "claims", "display", "request", "request_uri",
    "authorization_details", "grant_management_action", "grant_id", "dpop_jkt",
)  # fmt: skip
MEMBERS = (*PARAMETERS, "resource", "repeated", "pushed")
JSON_PARAMETERS = {"claims", "authorization_details"}
TEXTS = tuple(name for name in PARAMETERS if name not in JSON_PARAMETERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """The parameters of every specification that adds some.

    OIDC Core §3.1.2.1, RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2, RFC 9396 §2, RFC 9449 §10,
    Grant Management for OAuth 2.0 §5.2. Every member is the text that arrived, "" when absent (RFC
    6749 §3.1: a parameter without a value is treated as omitted). The properties read it; those
    that can fail only do so before the checks of `pipeline` have passed.
    """

    client_id: str = ""
    redirect_uri: str = ""
    response_type: str = ""
    response_mode: str = ""
    scope: str = ""
    state: str = ""
    nonce: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    prompt: str = ""
    max_age: str = ""
    acr_values: str = ""
    id_token_hint: str = ""
    login_hint: str = ""
    ui_locales: str = ""
    claims: str = ""
    display: str = ""
    request: str = ""
    request_uri: str = ""
    authorization_details: str = ""
    grant_management_action: str = ""
    grant_id: str = ""
    dpop_jkt: str = ""
    resource: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()
    """Names of parameters that came more than once; all but `resource` must not."""
    pushed: bool = False
    """It came by the pushed authorization request endpoint (RFC 9126); no parameter says so."""

    @classmethod
    def parse(cls, parameters: Iterable[tuple[str, list[str]]]) -> "AuthorizationRequest":
        """Read the parameters of a query or form; unknown ones are ignored (RFC 6749 §3.1)."""
        values = {name: [value for value in given if value] for name, given in parameters}
        known: dict[str, Any] = {name: values[name][0] for name in PARAMETERS if values.get(name)}
        repeated = sorted(name for name in known if len(values[name]) > 1)
        known = {**answer_parameters(known.get("request", "")), **known}
        resource = tuple(map(registered_spelling, values.get("resource", ())))
        return cls(**known, resource=resource, repeated=tuple(repeated))

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "AuthorizationRequest":
        """Undo `as_json`."""
        known = {name: value for name, value in stored.items() if name in MEMBERS}
        if hint := known.get("id_token_hint"):
            known["id_token_hint"] = _unsealed(hint)
        return cls(**{**known, "resource": tuple(known.get("resource", ())), "repeated": ()})

    def as_json(self) -> dict[str, Any]:
        """Return what is stored: members that are there, the ID token among them sealed."""
        stored = {name: value for name in MEMBERS if (value := getattr(self, name))}
        if self.id_token_hint:
            stored["id_token_hint"] = seal_text(self.id_token_hint)
        return stored

    @property
    def scopes(self) -> tuple[str, ...]:
        """Scopes in the order asked for, each once."""
        return tuple(dict.fromkeys(self.scope.split()))

    @property
    def prompts(self) -> frozenset[str]:
        """`prompt` as a set."""
        return frozenset(self.prompt.split())

    @property
    def is_openid(self) -> bool:
        """Without `openid` it is an OAuth request and nothing of OIDC applies."""
        return "openid" in self.scopes

    @property
    def max_age_seconds(self) -> int | None:
        """`max_age` in seconds; None when absent."""
        return int(self.max_age) if self.max_age else None

    @property
    def requested_claims(self) -> dict[str, Any]:
        """The `claims` parameter (OIDC Core §5.5)."""
        return dict(json.loads(self.claims)) if self.claims else {}

    @property
    def text_values(self) -> Sequence[str]:
        """Every text in it; what is JSON may have line breaks, and has limits of its own."""
        return [*(value for name in TEXTS if (value := getattr(self, name))), *self.resource]


def _unsealed(hint: str) -> str:
    """Return the ID token; what cannot be read stays, and is no ID token to the checks."""
    try:
        return unseal_text(hint)
    except (JWException, UnknownKeyError):
        return hint
