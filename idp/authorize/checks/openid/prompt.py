"""`prompt` (OIDC Core §3.1.2.1)."""

from foundation.directory.models import Client
from idp.authorize.request import AuthorizationRequest
from idp.errors import InvalidRequestError

PROMPTS = frozenset({"none", "login", "consent", "select_account"})


def check_prompt(request: AuthorizationRequest, client: Client) -> None:
    """OIDC Core §3.1.2.1: known values; none stands alone."""
    if not request.prompts <= PROMPTS:
        raise InvalidRequestError("The prompt is unknown.")
    if "none" in request.prompts and len(request.prompts) > 1:
        raise InvalidRequestError("prompt=none goes with no other value.")
