"""What a token request brings to prove which client sent it."""

from collections.abc import Mapping
from dataclasses import dataclass

from foundation.directory.models.client_choices import AuthMethod
from idp.client_authentication.basic import read_basic
from idp.errors import InvalidClientError, InvalidRequestError


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client id and, unless the client is public, its secret."""

    method: str
    client_id: str
    secret: str = ""


def read_credentials(form: Mapping[str, str], authorization: str) -> Credentials:
    """Return the credentials of a request, from the form and the `Authorization` header.

    RFC 6749 §2.3: no more than one method in one request. A `client_id` in the form beside the
    header is accepted when it is the same. Raises `InvalidRequestError`, `InvalidClientError`.
    """
    form_id, form_secret = form.get("client_id", ""), form.get("client_secret", "")
    if authorization:
        client_id, secret = read_basic(authorization)
        if form_secret:
            raise InvalidRequestError("Use one client authentication method, not two.")
        if form_id and form_id != client_id:
            raise InvalidRequestError("client_id differs from the one in the Authorization header.")
        return Credentials(AuthMethod.BASIC, client_id, secret)
    if not form_id:
        raise InvalidClientError
    if form_secret:
        return Credentials(AuthMethod.POST, form_id, form_secret)
    return Credentials(AuthMethod.NONE, form_id)
