"""What `prompt=none` tells of who is there: nothing, unless they know the application."""

from consent.grants.selectors import is_any_standing
from idp.authorize.situation import Situation
from idp.errors import LoginRequiredError


def refuse_to_tell_who_is_there(situation: Situation) -> None:
    """OIDC Core §3.1.2.6: in silence, an application without a grant learns of nobody.

    Whatever else could be said, such as `consent_required`, would tell that somebody is signed in,
    and with a `sub`, an `id_token_hint` or a policy, who. One statement, for `prompt=none` alone.
    """
    if "none" not in situation.request.prompts:
        return
    person = situation.sign_in.user if situation.sign_in else None
    if person is None or not is_any_standing(person, situation.client):
        raise LoginRequiredError
