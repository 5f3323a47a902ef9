"""Resource indicators (RFC 8707 §2) in the spelling in which they are registered."""

from urllib.parse import urlsplit

from foundation.base import conf
from foundation.base.configuration.kept import Derived
from foundation.directory.redirects import DEFAULT_PORT
from foundation.directory.registry import active_clients


def registered_spelling(resource: str) -> str:
    """Return the registered URI that `resource` is another way to write; itself when there is none.

    Client libraries add the slash of an empty path, as URL parsers do. RFC 3986 §6.2.2.1, §6.2.3:
    scheme and host in small letters, the scheme's own port left out, an empty path is `/`.
    """
    known = _spellings.get()
    return known.get(normal_form(resource), resource)


def normal_form(uri: str) -> str:
    """Return what equivalent spellings of a web address have in common; any other URI as it is."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return uri
    # An empty query is not the same as none, and lost in what is put together below.
    if parts.scheme not in DEFAULT_PORT or "@" in parts.netloc or uri.endswith("?"):
        return uri
    host = parts.netloc.lower().removesuffix(DEFAULT_PORT[parts.scheme])
    return parts._replace(netloc=host, path=parts.path or "/").geturl()


def _load() -> dict[str, str]:
    named = {conf.current().issuer}
    for client in active_clients():
        named |= {client.resource_server, *client.resources} - {""}
    # Of two registered spellings neither is taken for the other.
    return {
        form: spellings[0]
        for form in map(normal_form, named)
        if len(spellings := [uri for uri in named if normal_form(uri) == form]) == 1
    }


_spellings = Derived(_load)
