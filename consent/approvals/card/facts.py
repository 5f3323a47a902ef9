"""Facts about a person that travel with an approval, whatever scopes they granted.

The resource server decides by the facts in the token. Had the person to release each of them by a
scope as well, an approval could be given that is then worth nothing. So its token says what the
policies of that very resource server speak of, and the screens say so.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from claims.contents import labels_of
from claims.facts import scopes_by_fact
from policy.selectors import facts_asked_for

NOTHING: Collection[str] = frozenset()


def told_with(details: Iterable[Mapping[str, Any]], audience: str) -> Collection[str]:
    """Return the claims that a token has for the sake of what was approved; warm: no statement."""
    is_approved = any("approval_id" in detail for detail in details)
    return facts_asked_for(audience) if is_approved else NOTHING


def labels_told(audience: str) -> tuple[str, ...]:
    """Return what these claims are called, in the active language. Warm: no statement."""
    names = facts_asked_for(audience)
    return labels_of(name for name in scopes_by_fact() if name in names)
