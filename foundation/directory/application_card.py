"""The card of an application on pages: what it is called, its logo, whether anybody checked it."""

from typing import NamedTuple

from django.utils.safestring import SafeString

from foundation.base.texts.fragments import Fragment
from foundation.directory.models import Client

CARD = Fragment(
    "components/application_card.html",
    texts=["domain"],
    conditions=["application", "has_domain", "is_heading"],
)
"""Applications are few and seen by many people, so that whole cards are kept: but for the domain,
which has a port of its own each time a program on somebody's computer asks."""


class CardFacts(NamedTuple):
    """What the card says."""

    name: str
    logo_uri: str
    is_verified: bool


def application_card(
    language: str, client: Client, *, domain: str = "", is_heading: bool = False
) -> SafeString:
    """Return it as HTML in the active language, which is `language`."""
    facts = CardFacts(client.name, client.logo_uri, client.is_verified)
    return CARD.draw(language, {"domain": domain}, facts, bool(domain), is_heading)
