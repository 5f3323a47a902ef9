"""`grant_management_action`, `grant_id` (Grant Management for OAuth 2.0 §5.2, §5.4)."""

from uuid import UUID

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidGrantIdError, InvalidRequestError, UnauthorizedClientError
from idp.grant_management import ACTIONS, CREATE


def check_grant_management(request: AuthorizationRequest, client: Client) -> None:
    """Grant Management §5.1, §5.4: a known action of a confidential client, with its grant_id.

    Whose grant it is can only be said once the person is known: `idp.authorize.grant_management`.
    """
    action, grant_id = request.grant_management_action, request.grant_id
    if not action and not grant_id:
        return
    if action not in ACTIONS:
        raise InvalidRequestError("The grant_management_action is unknown or missing.")
    if client.is_public:
        raise UnauthorizedClientError("Only confidential clients may manage grants.")
    if action == CREATE and grant_id:
        raise InvalidRequestError("grant_id does not go with create.")
    if action != CREATE and not grant_id:
        raise InvalidRequestError("grant_id is missing.")
    if grant_id and not _is_ours(grant_id):
        raise InvalidGrantIdError


def _is_ours(grant_id: str) -> bool:
    """Say whether it looks as we write it; another spelling names nothing."""
    try:
        return str(UUID(grant_id)) == grant_id
    except ValueError:
        return False
