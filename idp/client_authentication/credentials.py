"""What a request brings to prove which client sent it."""

from collections.abc import Mapping
from dataclasses import dataclass

from foundation.directory.models.client_choices import AuthMethod
from idp.client_authentication.assertion import TYPE, ClientAssertion, read_assertion
from idp.client_authentication.basic import read_basic
from idp.errors import InvalidClientError, InvalidRequestError


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client id and, unless the client is public, its secret or what it has signed."""

    method: str
    client_id: str
    secret: str = ""
    assertion: ClientAssertion | None = None


def read_credentials(form: Mapping[str, str], authorization: str) -> Credentials:
    """Return the credentials of a request, from the form and the `Authorization` header.

    RFC 6749 §2.3: no more than one method in one request. A `client_id` in the form beside the
    header is accepted when it is the same. Raises `InvalidRequestError`, `InvalidClientError`.
    """
    form_id, form_secret = form.get("client_id", ""), form.get("client_secret", "")
    is_asserted = "client_assertion" in form or "client_assertion_type" in form
    if (bool(authorization), bool(form_secret), is_asserted).count(True) > 1:
        raise InvalidRequestError("Use one client authentication method, not two.")
    if authorization:
        client_id, secret = read_basic(authorization)
        if form_id and form_id != client_id:
            raise InvalidRequestError("client_id differs from the one in the Authorization header.")
        return Credentials(AuthMethod.BASIC, client_id, secret)
    if is_asserted:
        return _asserted(form, form_id)
    if not form_id:
        raise InvalidClientError
    if form_secret:
        return Credentials(AuthMethod.POST, form_id, form_secret)
    return Credentials(AuthMethod.NONE, form_id)


def _asserted(form: Mapping[str, str], form_id: str) -> Credentials:
    """RFC 7521 §4.2: the assertion names the client; a `client_id` beside it has to agree."""
    if form.get("client_assertion_type") != TYPE:
        raise InvalidRequestError(f"client_assertion_type must be {TYPE}.")
    assertion = read_assertion(form.get("client_assertion", ""))
    if form_id and form_id != assertion.client_id:
        raise InvalidClientError("client_id differs from the sub of the client assertion.")
    return Credentials(AuthMethod.PRIVATE_KEY_JWT, assertion.client_id, assertion=assertion)
