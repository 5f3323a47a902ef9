"""How long what we sign may become, and where the rest is found.

Servers and proxies take 8 KiB of headers and no more (nginx, by default), and a token that is
presented in one must leave room for others. So an access token that would be longer is handed out
as an opaque one, about which its resource server asks; the claims of an ID token that do not fit
are in userinfo (OIDC Core §5.6.2).
"""

from collections.abc import Collection, Mapping
from typing import Any

from foundation.base import conf
from foundation.base.keys.signing import dump

LONGEST_ACCESS_TOKEN = 6_144
"""Bytes."""
MOST_CLAIMS = 3_072
"""Bytes of JSON that claims about a person may take in an ID token, which with its own claims and
signature is about 5 KiB then."""
SOURCE = "userinfo"


def moved(payload: Mapping[str, Any], protocol: Collection[str]) -> frozenset[str]:
    """Return the claims of an ID token's payload that are left to userinfo: the largest ones.

    `protocol` names the claims that are no facts about the person and always stay.
    """
    facts = {name: value for name, value in payload.items() if name not in protocol}
    # Each by itself has braces where together they have a comma.
    total, away = len(dump(facts)) + len(facts) - 1, set()
    if total <= MOST_CLAIMS:
        return frozenset()
    sizes = {name: len(dump({name: value})) for name, value in facts.items()}
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        if total <= MOST_CLAIMS:
            break
        total -= sizes[name]
        away.add(name)
    return frozenset(away)


def without_moved(payload: dict[str, Any], protocol: Collection[str]) -> dict[str, Any]:
    """Return an ID token's payload that fits, with the name of each claim that is in userinfo.

    OIDC Core §5.6.2.2: distributed claims; the access token that came beside opens the endpoint.
    """
    away = moved(payload, protocol)
    if not away:
        return payload
    left = {name: value for name, value in payload.items() if name not in away}
    return {
        **left,
        "_claim_names": dict.fromkeys(sorted(away), SOURCE),
        "_claim_sources": {SOURCE: {"endpoint": f"{conf.current().issuer}/userinfo"}},
    }
