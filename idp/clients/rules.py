"""The rules that a registration has to obey, field by field."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from claims.names.standard import CLAIMS
from foundation.directory.models.client_choices import (
    AccessTokenTyp,
    AssertionAlg,
    AuthMethod,
    CodeProtection,
    DeliveryMode,
    GrantType,
    IdTokenAlg,
    TokenFormat,
)
from idp.clients.keys import problems_of_keys
from idp.clients.metadata import ClientLimits, ClientMetadata
from idp.clients.redirect_uris import URI, answer_problem, redirect_uri_problem
from idp.clients.rule_kinds import Problems, Rule, choice, not_a_web_address, not_one_of, page

JOINERS = (0x200C, 0x200D)
WITH_A_PERSON = {
    GrantType.AUTHORIZATION_CODE.value,
    GrantType.CIBA.value,
    GrantType.DEVICE_CODE.value,
}
SECTION_OF_SECRET = {
    GrantType.CLIENT_CREDENTIALS.value: "RFC 6749 §4.4",
    GrantType.CIBA.value: "CIBA Core §7.1",
    GrantType.TOKEN_EXCHANGE.value: "RFC 8693 §2.1",
}
WITH_A_SECRET = SECTION_OF_SECRET.keys()


def check(metadata: ClientMetadata, limits: ClientLimits) -> None:
    """Raise `ValidationError` with every broken rule, by field name."""
    problems = {field: list(rule(metadata, limits)) for field, rule in RULES}
    broken = {field: sentences for field, sentences in problems.items() if sentences}
    if broken:
        raise ValidationError(broken)


def _client_name(metadata: ClientMetadata, _limits: ClientLimits) -> Problems:
    # Persian, Sinhala and Malayalam are spelled with joiners; alone they would be unseen.
    name = metadata.client_name.translate(dict.fromkeys(JOINERS))
    if not name.strip() or not name.isprintable():
        yield _("The application needs a name that can be printed.")


def _redirect_uris(metadata: ClientMetadata, limits: ClientLimits) -> Problems:
    if not metadata.redirect_uris and GrantType.AUTHORIZATION_CODE in metadata.grant_types:
        yield _("The grant type authorization_code needs at least one redirect URI.")
    yield from _unusable_redirects(metadata.redirect_uris, limits)


def _post_logout_redirect_uris(metadata: ClientMetadata, limits: ClientLimits) -> Problems:
    yield from _unusable_redirects(metadata.post_logout_redirect_uris, limits)


def _unusable_redirects(uris: Iterable[str], limits: ClientLimits) -> Problems:
    for uri in uris:
        problem = redirect_uri_problem(uri, http_anywhere=limits.http_anywhere)
        if problem := problem or answer_problem(uri):
            yield f"{uri!r}: {problem}"


def _grant_types(metadata: ClientMetadata, _limits: ClientLimits) -> Problems:
    grant_types = set(metadata.grant_types)
    if unknown := grant_types - set(GrantType.values):
        yield _("Unknown grant types: %s.") % ", ".join(sorted(unknown))
    if not grant_types and not metadata.resource_server:
        yield _("Only a resource server can do without a grant type.")
    if GrantType.REFRESH_TOKEN in grant_types and not grant_types & WITH_A_PERSON:
        yield _("refresh_token goes with authorization_code (RFC 6749 §4.4.3).")
    for name in sorted(grant_types & WITH_A_SECRET) if metadata.is_public else ():
        yield _("%(grant_type)s is for clients with a secret (%(section)s).") % {
            "grant_type": name,
            "section": SECTION_OF_SECRET[name],
        }


def _code_protection(metadata: ClientMetadata, _limits: ClientLimits) -> Problems:
    yield from not_one_of(CodeProtection.values, metadata.code_protection)
    if metadata.is_public and metadata.code_protection == CodeProtection.NOTHING:
        yield _("A public client must use PKCE (RFC 9700 §2.1.1).")


def _scope(metadata: ClientMetadata, limits: ClientLimits) -> Problems:
    if unknown := sorted(set(metadata.scope.split()) - limits.known_scopes):
        yield _("Not in the scope catalogue: %s.") % ", ".join(unknown)


def _authorization_details_types(metadata: ClientMetadata, limits: ClientLimits) -> Problems:
    if unknown := sorted({*metadata.authorization_details_types} - limits.known_details_types):
        yield _("Unknown types of authorization details: %s.") % ", ".join(unknown)


def _resources(metadata: ClientMetadata, _limits: ClientLimits) -> Problems:
    for resource in metadata.resources:
        yield from _not_a_resource(resource)


def _resource_server(metadata: ClientMetadata, _limits: ClientLimits) -> Problems:
    if not metadata.resource_server:
        return
    yield from _not_a_resource(metadata.resource_server)
    if not metadata.has_secret:
        yield _("A resource server needs a secret to introspect tokens (RFC 7662 §2.1).")


def _not_a_resource(resource: str) -> Problems:
    """RFC 8707 §2: an absolute URI without a fragment."""
    if not URI.fullmatch(resource) or "#" in resource:
        yield _("%r is not an absolute URI without a fragment (RFC 8707 §2).") % resource


def _delivery_mode(metadata: ClientMetadata, _limits: ClientLimits) -> Problems:
    """CIBA Core §4: required of clients that use it."""
    mode = metadata.backchannel_token_delivery_mode
    if mode or GrantType.CIBA in metadata.grant_types:
        yield from not_one_of(DeliveryMode.values, mode)


def _notification_endpoint(metadata: ClientMetadata, limits: ClientLimits) -> Problems:
    """CIBA Core §4: where a client is pinged, by https."""
    endpoint = metadata.backchannel_client_notification_endpoint
    if metadata.backchannel_token_delivery_mode == DeliveryMode.PING and not endpoint:
        yield _("The delivery mode ping needs an address to notify (CIBA Core §4).")
    if endpoint:
        yield from not_a_web_address(endpoint, limits)


def _may_ask_for_itself(metadata: ClientMetadata, _limits: ClientLimits) -> Problems:
    needed = {GrantType.CIBA, GrantType.CLIENT_CREDENTIALS}
    if metadata.may_ask_for_itself and not needed <= set(metadata.grant_types):
        yield _("It needs the grant types of CIBA and client_credentials.")


def _jwks(metadata: ClientMetadata, _limits: ClientLimits) -> Problems:
    yield from problems_of_keys(metadata)


def _jwks_uri(metadata: ClientMetadata, limits: ClientLimits) -> Problems:
    if metadata.jwks_uri:
        yield from not_a_web_address(metadata.jwks_uri, limits)


def _access_token_claims(metadata: ClientMetadata, _limits: ClientLimits) -> Problems:
    if unknown := sorted({*metadata.access_token_claims.split()} - CLAIMS):
        yield _("No standard claims (OIDC Core §5.1): %s.") % ", ".join(unknown)
    if metadata.access_token_claims and not metadata.resource_server:
        yield _("Only a resource server has access tokens of its own.")


RULES: tuple[tuple[str, Rule], ...] = (
    ("client_name", _client_name),
    ("redirect_uris", _redirect_uris),
    ("post_logout_redirect_uris", _post_logout_redirect_uris),
    ("grant_types", _grant_types),
    choice("token_endpoint_auth_method", AuthMethod.values),
    choice("token_endpoint_auth_signing_alg", ("", *AssertionAlg.values)),
    ("jwks", _jwks),
    ("jwks_uri", _jwks_uri),
    ("code_protection", _code_protection),
    ("scope", _scope),
    ("authorization_details_types", _authorization_details_types),
    ("resources", _resources),
    ("resource_server", _resource_server),
    choice("access_token_format", TokenFormat.values),
    choice("id_token_signed_response_alg", IdTokenAlg.values),
    choice("access_token_signed_response_alg", IdTokenAlg.values),
    choice("access_token_typ", AccessTokenTyp.values),
    ("access_token_claims", _access_token_claims),
    ("backchannel_token_delivery_mode", _delivery_mode),
    ("backchannel_client_notification_endpoint", _notification_endpoint),
    ("may_ask_for_itself", _may_ask_for_itself),
    page("client_uri"),
    page("logo_uri"),
    page("policy_uri"),
    page("tos_uri"),
)
