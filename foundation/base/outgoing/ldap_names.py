"""Names and filters of LDAP as texts (RFC 4514, 4515): no server is asked."""


def escaped(value: str) -> str:
    """Return a value as it stands in a filter (RFC 4515 §3)."""
    from ldap3.utils.conv import escape_filter_chars

    text: str = escape_filter_chars(value)
    return text


def canonical_dn(dn: str) -> str:
    """Return a distinguished name in one form. Raises ValueError for what is none."""
    from ldap3.core.exceptions import LDAPInvalidDnError
    from ldap3.utils.dn import safe_dn

    try:
        name: str = safe_dn(dn)
    except LDAPInvalidDnError as error:
        raise ValueError(dn) from error
    return name.lower()


def is_below(dn: str, base: str) -> bool:
    """Say whether a name is the base or lies below it; what is no name does not."""
    try:
        name, above = canonical_dn(dn), canonical_dn(base)
    except ValueError:
        return False
    return name == above or name.endswith("," + above)


def is_filter(text: str) -> bool:
    """Say whether it is a filter (RFC 4515)."""
    from ldap3.core.exceptions import LDAPException
    from ldap3.operation.search import parse_filter

    try:
        parse_filter(text, None, True, False, None, False)
    except (LDAPException, ValueError, IndexError):
        return False
    return True
