"""Which client sent this request (RFC 6749 §2.3), by a method that it is registered for."""

from collections.abc import Mapping

from django.utils import timezone

from foundation.base.configuration.epoch import start_new_epoch
from foundation.base.secrets import digest, is_of_an_older_pepper, matches
from foundation.directory.models import Client
from foundation.directory.models.client_choices import AuthMethod
from foundation.directory.registry import find_client
from idp.client_authentication.assertion import is_of, use_assertion
from idp.client_authentication.credentials import Credentials, read_credentials
from idp.errors import InvalidClientError

NOBODY = "0" * 64
"""Compared with when there is no such client, so that the answer takes as long."""


def authenticate_client(form: Mapping[str, str], authorization: str) -> Client:
    """Return the active client that a request authenticates; no statement when warm for a secret.

    Raises `InvalidClientError` without saying whether the client is unknown, inactive or has
    another secret (who brought the right one in the wrong place is told where it belongs);
    `InvalidRequestError` for two methods.
    """
    credentials = read_credentials(form, authorization)
    client = find_client(credentials.client_id)
    is_proven = _is_proven(client, credentials)
    if client is None or not is_proven:
        raise InvalidClientError
    if not client.accepts_auth_method(credentials.method):
        raise _misplaced(client, credentials)
    if credentials.assertion:
        use_assertion(client, credentials.assertion, timezone.now())
    if credentials.secret and is_of_an_older_pepper(stored_digest(client)):
        _digest_anew(client, credentials.secret)
    return client


def _is_proven(client: Client | None, credentials: Credentials) -> bool:
    """Say whether the secret, or the key that signed, is the client's."""
    if credentials.method == AuthMethod.NONE:
        return True
    if credentials.assertion:
        return client is not None and is_of(client, credentials.assertion)
    return matches(credentials.secret, stored_digest(client))


def _misplaced(client: Client, credentials: Credentials) -> InvalidClientError:
    """Whoever has the secret or the key is the client, and may know what it is registered for."""
    if credentials.method == AuthMethod.NONE or client.is_public:
        return InvalidClientError()
    brought = "key" if credentials.assertion else "secret"
    return InvalidClientError(
        f"The {brought} is right, but this client is registered for "
        f"{client.token_endpoint_auth_method} alone, and sent it by {credentials.method}."
    )


def _digest_anew(client: Client, secret: str) -> None:
    """Keep the secret's digest under the pepper in force, so that the older one can go."""
    stored = f"hmac_sha256${digest(secret)}"
    same = Client.objects.filter(pk=client.pk, client_secret=client.client_secret)
    if same.update(client_secret=stored):
        start_new_epoch()


def stored_digest(client: Client | None) -> str:
    """Return the digest of a client's secret, or one that nothing matches."""
    algorithm, _, value = (client.client_secret if client else "").partition("$")
    return value if algorithm == "hmac_sha256" else NOBODY
