"""Which stronger sign-in a request needs, and whether the person who is there can reach it."""

from collections.abc import Iterable

from consent.asking.prompts import ConsentQuestions
from foundation.base import conf
from foundation.directory.factors.selectors import reachable
from foundation.directory.levels import levels, satisfies, strength_for
from idp.authorize.checks.openid.acr import essential_acrs, wished_acrs
from idp.authorize.situation import Situation
from idp.errors import UnmetAuthenticationRequirementsError


def wanted_level(situation: Situation) -> str:
    """Return the level that the application asks for and this sign-in has not reached; else "".

    OIDC Core §5.5.1.1: an essential `acr` has to be reached. RFC 9470 §5: `acr_values` are met
    where they can be. No statement, unless something is asked for that is not reached.
    Raises `UnmetAuthenticationRequirementsError` for what has to be reached and cannot.
    """
    if situation.sign_in is None:
        return ""
    reached = situation.sign_in.acr
    essential = essential_acrs(situation.request)
    if essential and not _is_any_met(reached, essential):
        return _first_within_reach(situation, [acr for acr in levels() if acr in essential])
    wished = wished_acrs(situation.request)
    if not wished or _is_any_met(reached, wished) or "none" in situation.request.prompts:
        return ""
    most = reachable(situation.sign_in.user.pk)
    return next((acr for acr in wished if strength_for(acr) <= most), "")


def level_of(situation: Situation, asked: ConsentQuestions) -> str:
    """Return the level that what is asked for needs; raises as `wanted_level` does."""
    needed = {entry.minimum_acr for entry in asked.beyond_reach}
    return _first_within_reach(situation, [acr for acr in reversed(levels()) if acr in needed])


def _first_within_reach(situation: Situation, known: list[str]) -> str:
    """Return the first that the person can reach, with what they have or are let to add."""
    assert situation.sign_in is not None  # noqa: S101 - nobody is asked for more before
    if known and conf.current().enrol_on_the_way:
        return known[0]
    most = reachable(situation.sign_in.user.pk) if known else None
    for acr in known:
        if most is not None and strength_for(acr) <= most:
            return acr
    raise UnmetAuthenticationRequirementsError(
        "The sign-in is not strong enough for what is asked for."
    )


def _is_any_met(reached: str, wanted: Iterable[str]) -> bool:
    return any(satisfies(reached, acr) for acr in wanted if acr)
