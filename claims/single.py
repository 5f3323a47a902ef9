r"""Single claims, asked for without the scope that releases them (OIDC Core §5.5).

Each goes by a name of its own, `profile\name`. No scope has a backslash in it (RFC 6749 §3.3), so
no request can ask for such a name, no token can carry it, and whatever deals in scopes alone leaves
it out.
"""

SEPARATOR = "\\"


def single_name(scope: str, claim: str) -> str:
    """Return the name of one claim of a scope.

    What says that an address is verified goes with the address (OIDC Core §5.1).
    """
    return f"{scope}{SEPARATOR}{claim.removesuffix('_verified')}"


def is_single(name: str) -> bool:
    """Whether a name means a single claim and not a scope."""
    return SEPARATOR in name


def scope_and_claim(name: str) -> tuple[str, str]:
    """Return the scope that releases a single claim, and the claim; it may be of no scope at all.

    Raises ValueError for the name of a scope.
    """
    if not is_single(name):
        raise ValueError(name)
    scope, _, claim = name.partition(SEPARATOR)
    return scope, claim
