"""Rules that several fields of a registration have in common."""

from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from idp.clients.metadata import ClientLimits, ClientMetadata
from idp.clients.redirect_uris import redirect_uri_problem

Problems = Iterator[str]
Rule = Callable[[ClientMetadata, ClientLimits], Problems]


def not_one_of(choices: Iterable[str], value: str) -> Problems:
    """Yield a problem for a value that is none of the choices."""
    if value not in choices:
        yield _("Must be one of %s.") % ", ".join(choices)


def choice(field: str, choices: Iterable[str]) -> tuple[str, Rule]:
    """Return the rule that a field has one of the values that we know."""

    def rule(metadata: ClientMetadata, _limits: ClientLimits) -> Problems:
        yield from not_one_of(choices, getattr(metadata, field))

    return field, rule


def page(field: str) -> tuple[str, Rule]:
    """Return the rule that a page shown to people is a web address (RFC 7591 §2)."""

    def rule(metadata: ClientMetadata, limits: ClientLimits) -> Problems:
        uri: str = getattr(metadata, field)
        if uri:
            yield from not_a_web_address(uri, limits)

    return field, rule


def not_a_web_address(uri: str, limits: ClientLimits) -> Problems:
    """Yield what is wrong with the address of something in the web."""
    problem = redirect_uri_problem(uri, http_anywhere=limits.http_anywhere)
    if problem or urlsplit(uri).scheme not in {"https", "http"}:
        yield problem or _("It must be a web address.")
