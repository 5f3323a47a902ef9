"""Which stronger sign-in a request needs, and whether the person who is there can reach it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from claims.catalogue.assurance import is_within_reach
from consent.asking.prompts import ConsentQuestions
from foundation.base import conf
from foundation.directory.factors.selectors import reachable
from foundation.directory.levels import levels, satisfies, strength_for
from foundation.directory.models import Client
from foundation.directory.sign_in import SignIn
from idp.authorize.checks.openid.acr import essential_acrs, wished_acrs
from idp.authorize.request import AuthorizationRequest
from idp.authorize.situation import Situation
from idp.errors import UnmetAuthenticationRequirementsError

LONGEST = 100 * 365 * 86400
"""Seconds; no sign-in is older, and more is more than a date can hold."""


def counting_since(
    request: AuthorizationRequest, client: Client, arrived_at: datetime, now: datetime
) -> datetime | None:
    """Return since when proofs count for a request; None: all of the session do.

    OIDC Core §3.1.2.1 `max_age` and `prompt=login`: what was proved before is not told of, so that
    `acr` and `auth_time` are of the same proofs. What was proved since the request came always
    counts, however long the person took.
    """
    if "login" in request.prompts:
        return arrived_at
    max_age = request.max_age_seconds
    if max_age is None:
        max_age = client.default_max_age
    if max_age is None:
        return None
    return min(arrived_at, now - timedelta(seconds=min(max_age, LONGEST)))


def counting(sign_in: SignIn | None, client: Client, since: datetime | None) -> SignIn | None:
    """Return what counts of a sign-in for this application, and since then."""
    if sign_in is not None and client.limits_upstreams:
        sign_in = sign_in.counting_by(client.takes_upstream)
    return sign_in.counting_since(since) if sign_in and since else sign_in


def needed_level(situation: Situation) -> str:
    """Return the level that has to be reached and is not; else "".

    OIDC Core §5.5.1.1: one of an essential `acr`; and what the application is kept to here. No
    statement, unless it is not reached. Raises `UnmetAuthenticationRequirementsError` for what
    cannot be reached.
    """
    if situation.sign_in is None or is_enough(situation.sign_in.acr, situation):
        return ""
    enough = [acr for acr in levels() if is_enough(acr, situation)]
    return first_within_reach(situation, enough)


def wished_level(situation: Situation) -> str:
    """Return the level of `acr_values` to ask for; else "": reached, or out of reach.

    RFC 9470 §5: met where it can be, by a factor that is added on the way too. It is a wish: not in
    silence (`prompt=none`), and not of who said no to it. No statement, unless it is not reached.
    """
    sign_in, wished = situation.sign_in, wished_acrs(situation.request)
    if sign_in is None or not wished or _is_any_met(sign_in.acr, wished):
        return ""
    if situation.has_declined or "none" in situation.request.prompts:
        return ""
    try:
        return first_within_reach(situation, wished)
    except UnmetAuthenticationRequirementsError:
        return ""


def is_enough(acr: str, situation: Situation) -> bool:
    """Say whether a level is what the request and the application cannot do without.

    An essential value below what the application is kept to is none that it could be told.
    """
    least = situation.client.minimum_acr
    essential = essential_acrs(situation.request)
    if not essential:
        return satisfies(acr, least)
    return _is_any_met(acr, [value for value in essential if satisfies(value, least)])


def acr_for(situation: Situation, asked: ConsentQuestions) -> str:
    """Return the `acr` to tell of: one of those asked for, where one of them is reached.

    OIDC Core §5.5.1.1: an essential one has to be among the values. Who wishes for a level compares
    it letter for letter, and may not know a stronger one (RFC 9470 §5); but what is granted and
    needs the stronger one is worth more than a wish.
    """
    reached = situation.sign_in.acr if situation.sign_in else ""
    essential = essential_acrs(situation.request)
    wanted = essential or set(wished_acrs(situation.request))
    wanted = {acr for acr in wanted if satisfies(acr, situation.client.minimum_acr)}
    met = [acr for acr in levels() if acr in wanted and satisfies(reached, acr)]
    if reached in wanted or not met:
        return reached
    granted = [*asked.implicit, *(item.entry for item in asked.items)]
    is_enough = all(is_within_reach(entry, met[-1]) for entry in granted)
    return met[-1] if essential or is_enough else reached


def is_too_weak(asked: ConsentQuestions) -> bool:
    """Say whether the sign-in is too weak for what the application cannot do without.

    That is a required scope, or all of them. Any other that it is too weak for is left out of the
    answer (RFC 6749 §3.3); the consent screen says so.
    """
    nothing_else = not (asked.implicit or asked.items)
    return any(entry.is_required or nothing_else for entry in asked.beyond_reach)


def level_of(situation: Situation, asked: ConsentQuestions) -> str:
    """Return the level that what is asked for needs; raises as `wanted_level` does.

    Of what cannot be left out the strongest; where there is nothing else to give, any will do.
    """
    required = {entry.minimum_acr for entry in asked.beyond_reach if entry.is_required}
    needed = required or {entry.minimum_acr for entry in asked.beyond_reach}
    known = [acr for acr in reversed(levels()) if acr in needed]
    if required:
        known = known[:1] if required <= set(levels()) else []
    return first_within_reach(situation, known)


def first_within_reach(situation: Situation, known: Sequence[str]) -> str:
    """Return the first that the person can reach with what they have, else one to add it for."""
    assert situation.sign_in is not None  # noqa: S101 - nobody is asked for more before
    most = reachable(situation.sign_in.user.pk) if known else None
    for acr in known:
        if most is not None and strength_for(acr) <= most:
            return acr
    if known and conf.current().enrol_on_the_way and situation.sign_in.may_change_factors:
        return min(known, key=strength_for)
    raise UnmetAuthenticationRequirementsError(
        "The sign-in is not strong enough for what is asked for."
    )


def _is_any_met(reached: str, wanted: Iterable[str]) -> bool:
    return any(satisfies(reached, acr) for acr in wanted if acr)
