"""Settings about what goes out, from the environment; as in `foundation.base.env`."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from ssl import create_default_context

from django.core.exceptions import ImproperlyConfigured

from foundation.base.env import text, word_list
from foundation.base.outgoing import OutgoingReach


def reach(*, anywhere: bool) -> OutgoingReach:
    """Return where calls may go: OUTGOING_NETWORKS and OUTGOING_CA_FILE."""
    return OutgoingReach(anywhere, networks("OUTGOING_NETWORKS"), certificates("OUTGOING_CA_FILE"))


def networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return a comma-separated list of IP networks such as `10.1.0.0/16`."""
    try:
        return tuple(ip_network(word) for word in word_list(name))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be networks like 10.1.0.0/16: {error}.") from error


def certificates(name: str) -> str:
    """Return the path of a file with certificates (PEM), or nothing."""
    path = text(name, "")
    try:
        if path:
            create_default_context(cafile=path)
    except OSError as error:
        raise ImproperlyConfigured(f"{name} must be a file with certificates: {error}") from error
    return path
