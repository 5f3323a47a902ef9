"""What the tables of a provider make of its claims: which are asked for, and how strong it was."""

from collections.abc import Mapping
from typing import Any

from foundation.directory.factors.proofs import METHODS, STRENGTH, Strength
from foundation.directory.upstream.models import UpstreamProvider

MFA = "mfa"


def wanted(provider: UpstreamProvider) -> set[str]:
    """Return the claims that userinfo is asked for where the ID token has not got them."""
    paths = [claim for claim, _ in (*provider.taken, *provider.required)]
    return {"email", *(path if "://" in path else path.partition(".")[0] for path in paths)}


def claim_at(claims: Mapping[str, Any], path: str) -> Any:
    """Return a claim by its name, or by a path with dots into objects; None where there is none."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def has_required(provider: UpstreamProvider, claims: Mapping[str, Any]) -> bool:
    """Say whether somebody has all claims that new people have to have."""
    accepted: dict[str, set[str]] = {}
    for claim, value in provider.required:
        accepted.setdefault(claim, set()).add(value)
    return all(values & _texts(claim_at(claims, claim)) for claim, values in accepted.items())


def vouched(provider: UpstreamProvider, claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the record of a sign-in keeps of `acr` and `amr` (OIDC Core §2).

    Never more than the tables say: an `acr` that is not there is one factor, a member of `amr`
    that is not there is not passed on. `mfa` follows from the strength.
    """
    strengths = {there: int(here) for there, here in provider.levels}
    acr, amr = claims.get("acr"), claims.get("amr")
    strength = strengths.get(acr, 1) if isinstance(acr, str) else 1
    said = {each for each in amr if isinstance(each, str)} if isinstance(amr, list) else set()
    passed = (said & set(provider.methods.split())) - {MFA}
    facts: dict[str, Any] = {}
    if strength > Strength.ONE_FACTOR:
        facts[STRENGTH] = strength
    if passed:
        facts[METHODS] = sorted(passed)
    return facts


def _texts(value: Any) -> set[str]:
    """Return a claim's values as an administrator writes them."""
    if isinstance(value, bool):
        return {"true" if value else "false"}
    if isinstance(value, list):
        return {text for each in value if not isinstance(each, list) for text in _texts(each)}
    return {str(value)} if isinstance(value, str | int) else set()
