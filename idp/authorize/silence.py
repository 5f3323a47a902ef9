"""What `prompt=none` tells of who is there: nothing, unless they know the application."""

from idp.authorize.situation import Situation
from idp.errors import LoginRequiredError


def refuse_to_tell_who_is_there(situation: Situation) -> None:
    """OIDC Core §3.1.2.6: in silence, an application without a grant learns of nobody.

    Whatever else could be said, such as `consent_required`, would tell that somebody is signed in,
    and with a `sub`, an `id_token_hint` or a policy, who.
    """
    if "none" not in situation.request.prompts:
        return
    if situation.standing is None:
        raise LoginRequiredError
