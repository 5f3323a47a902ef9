"""The person that a hint means (CIBA Core §7.1)."""

from uuid import UUID

from allauth.account.models import EmailAddress
from django.db.models import Q

from foundation.base.texts.canonical_names import canonical_address, canonical_name
from foundation.directory.models import Client, User
from foundation.directory.models.ends import let_in
from idp.backchannel.request import BackchannelParameters
from idp.errors import InvalidRequestError, UnknownUserIdError
from idp.tokens.hints import read_id_token_hint


def person_meant(parameters: BackchannelParameters, client: Client) -> User:
    """Return the active person; raises `UnknownUserIdError` (CIBA Core §13).

    `login_hint` is a username, an address that is confirmed as one person's, or a `sub`.
    """
    hint = parameters.request.id_token_hint
    subject = _subject_of(hint, client) if hint else parameters.request.login_hint
    found: list[User] = list(User.objects.filter(_named(subject), let_in())[:2])
    if len(found) != 1:
        raise UnknownUserIdError
    return found[0]


def _subject_of(hint: str, client: Client) -> str:
    """CIBA Core §7.1: an ID token that we gave to this very client, expired or not."""
    read = read_id_token_hint(hint)
    if read is None or read.client_id != client.client_id:
        raise InvalidRequestError("The id_token_hint is not an ID token of this client.")
    return read.subject


def _named(text: str) -> Q:
    try:
        return Q(pk=UUID(text))
    except ValueError:
        pass
    confirmed = EmailAddress.objects.filter(email=canonical_address(text), verified=True)
    return Q(username_key=canonical_name(text)) | Q(pk__in=confirmed.values("user"))
