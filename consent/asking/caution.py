"""Applications that get nothing ticked in advance: those nobody has checked, and agents."""

from enum import StrEnum

from foundation.directory.models import Client


class Caution(StrEnum):
    """Why a person should choose everything themselves."""

    UNVERIFIED = "unverified"
    """Nobody has checked who operates the application."""
    AGENT = "agent"
    """A program that decides by itself what it does with what it is given."""


def cautions(client: Client) -> tuple[Caution, ...]:
    """Return the reasons that a client (anything with `is_verified` and `is_agent`) gives."""
    found = {Caution.UNVERIFIED: not client.is_verified, Caution.AGENT: client.is_agent}
    return tuple(caution for caution, applies in found.items() if applies)
