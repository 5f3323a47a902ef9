"""Calls to LDAP servers: the one place that imports the library, late, for most never need it.

TLS is verified against the given certificates or the system's; there is no way round it. Referrals
are not followed, everything has an end, and no answer of the server is shown to strangers.
"""

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from foundation.base.outgoing.errors import NoAnswerError, OutgoingError, UnsafeTargetError

PAGE = 500
Entry = dict[str, Any]
NOT_LET_IN = frozenset({10, 16, 19, 32, 34, 48, 49, 50, 53})
"""Result codes of a bind (RFC 4511 Appendix A.1) that are about the name: `invalidCredentials`, and
those with which servers say that an account is locked, expired, elsewhere, or may not do so."""


class NotLetInError(OutgoingError):
    """The server refuses name and password."""


@dataclass(frozen=True)
class LdapServer:
    """Where, as whom, and how long."""

    url: str
    start_tls: bool = False
    certificates: str = ""
    """PEM of who signs its certificate; empty: whom the system trusts."""
    bind_dn: str = ""
    password: str = ""
    timeout: int = 5
    """Seconds for each answer."""
    needs_tls: bool = True

    def __repr__(self) -> str:
        return f"LdapServer({self.url!r})"


@contextmanager
def connected(server: LdapServer, dn: str, password: str) -> Iterator[Any]:
    """Bind, and yield the connection.

    An empty password would be an unauthenticated bind, which servers grant (RFC 4513 §5.1.2): it
    is refused here. Raises `NotLetInError`, `NoAnswerError` and `UnsafeTargetError`.
    """
    import ldap3
    from ldap3.core.exceptions import LDAPException

    if not dn or not password:
        raise NotLetInError("a name and a password")
    connection = ldap3.Connection(
        _server(server),
        dn,
        password,
        authentication=ldap3.SIMPLE,
        auto_referrals=False,
        read_only=True,
        receive_timeout=server.timeout,
        raise_exceptions=True,
    )
    try:
        connection.open()
        if server.start_tls:
            connection.start_tls()
        _bind(connection, server)
    except NotLetInError:
        _part(connection)
        raise
    except (LDAPException, OSError, ValueError) as error:
        _part(connection)
        raise NoAnswerError(type(error).__name__) from error
    try:
        yield connection
    finally:
        _part(connection)


def _bind(connection: Any, server: LdapServer) -> None:
    """Bind; whatever says that this name is not let in is the same: it is not told why."""
    from ldap3.core.exceptions import LDAPOperationResult

    try:
        connection.bind()
    except LDAPOperationResult as error:
        if error.result in NOT_LET_IN:
            raise NotLetInError(server.url) from error
        raise


def _part(connection: Any) -> None:
    from ldap3.core.exceptions import LDAPException

    with suppress(LDAPException, OSError):
        connection.unbind()
    # The library leaves open what it could not encrypt.
    if connection.socket is not None:
        with suppress(OSError):
            connection.socket.close()


def _server(server: LdapServer) -> Any:
    import ldap3

    at = urlsplit(server.url)
    is_encrypted = at.scheme == "ldaps" or server.start_tls
    if at.scheme not in {"ldap", "ldaps"} or not at.hostname:
        raise UnsafeTargetError(server.url)
    if server.needs_tls and not is_encrypted:
        raise UnsafeTargetError("not encrypted")
    tls = ldap3.Tls(
        validate=ssl.CERT_REQUIRED,
        sni=at.hostname,
        ca_certs_data=server.certificates or None,
        ca_certs_file=None if server.certificates else ssl.get_default_verify_paths().cafile,
    )
    return ldap3.Server(
        at.hostname,
        port=at.port or (636 if at.scheme == "ldaps" else 389),
        use_ssl=at.scheme == "ldaps",
        tls=tls,
        get_info=ldap3.NONE,
        connect_timeout=server.timeout,
    )


def entries(
    connection: Any,
    base: str,
    condition: str,
    attributes: Sequence[str],
    *,
    most: int = 0,
    page: int = PAGE,
) -> Iterator[tuple[str, Entry]]:
    """Yield name and raw values of what is found, page after page (RFC 2696); `most`: one page.

    Raises `NoAnswerError` wherever it breaks off: what has been yielded is not all.
    """
    from ldap3.core.exceptions import LDAPException

    how = {"attributes": list(attributes), "search_filter": condition, "search_base": base}
    try:
        if most:
            # More than that is as good as many; the server is told not to look for them.
            connection.search(**how, paged_size=most)
            found: Any = connection.response
        else:
            found = connection.extend.standard.paged_search(**how, paged_size=page, generator=True)
        for each in found:
            if each.get("type") == "searchResEntry":
                yield each["dn"], dict(each["raw_attributes"])
    except (LDAPException, OSError) as error:
        raise NoAnswerError(type(error).__name__) from error


def entry_at(connection: Any, dn: str, condition: str, attributes: Sequence[str]) -> Entry | None:
    """Return the raw values of one entry; None where it is not there or not as the condition says.

    Raises `NoAnswerError`.
    """
    from ldap3 import BASE
    from ldap3.core.exceptions import LDAPException, LDAPNoSuchObjectResult

    try:
        connection.search(dn, condition, search_scope=BASE, attributes=list(attributes))
    except LDAPNoSuchObjectResult:
        return None
    except (LDAPException, OSError) as error:
        raise NoAnswerError(type(error).__name__) from error
    found = [each for each in connection.response if each.get("type") == "searchResEntry"]
    return dict(found[0]["raw_attributes"]) if found else None
