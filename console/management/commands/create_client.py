"""Register an application or a resource server and print it as JSON."""

import json
from argparse import BooleanOptionalAction
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.management.sentences import sentences
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
from idp.clients.document import client_document
from idp.clients.metadata import INTERACTIVE, ClientMetadata, default_scope
from idp.clients.services import register_client

REPEATED: dict[str, Any] = {"action": "append", "default": []}
SWITCH: dict[str, Any] = {"action": "store_true"}
URI: dict[str, Any] = {"default": "", "metavar": "URI"}
OPTIONS: dict[str, dict[str, Any]] = {
    "--name": {"required": True, "help": "what people see on the consent screen"},
    "--client-id": {"help": "default: a random one"},
    "--redirect-uri": {**REPEATED, "metavar": "URI"},
    "--post-logout-redirect-uri": {**REPEATED, "metavar": "URI"},
    "--grant-type": {
        "action": "append",
        "choices": GrantType.values,
        "help": "default: authorization_code and refresh_token; none for a resource server",
    },
    "--scope": {
        "action": "append",
        "help": "what it may ask for, separated by spaces or repeated; "
        "default: openid profile email, and offline_access with refresh_token",
    },
    "--auth-method": {"choices": AuthMethod.values, "default": AuthMethod.BASIC.value},
    "--only-auth-method": {
        **SWITCH,
        "help": "take its secret in no other way; otherwise header and form are both accepted",
    },
    "--auth-signing-alg": {
        "choices": AssertionAlg.values,
        "default": "",
        "help": "the one algorithm of its assertions; default: any that its keys allow",
    },
    "--jwks": {
        "type": json.loads,
        "metavar": "JSON",
        "help": "its public keys as a JWK set, for private_key_jwt",
    },
    "--jwks-uri": {**URI, "help": "where it publishes them"},
    "--code-protection": {
        "choices": CodeProtection.values,
        "default": CodeProtection.PKCE_OR_NONCE.value,
        "help": "what its requests have to bring; public clients always need PKCE",
    },
    "--require-par": {"action": BooleanOptionalAction, "default": False},
    "--require-dpop": {
        **SWITCH,
        "help": "its tokens are bound to a key that it proves to have at every use (RFC 9449)",
    },
    # Its tokens
    "--resource": {
        **REPEATED,
        "metavar": "AUDIENCE",
        "help": "a resource server it may ask access tokens for (RFC 8707); may be repeated",
    },
    "--details-type": {
        **REPEATED,
        "metavar": "TYPE",
        "help": "authorization details it may ask for (RFC 9396); may be repeated",
    },
    "--resource-server": {
        "default": "",
        "metavar": "AUDIENCE",
        "help": "the client is this resource server and may introspect its tokens",
    },
    "--id-token-alg": {"choices": IdTokenAlg.values, "default": IdTokenAlg.RS256.value},
    "--access-token-format": {"choices": TokenFormat.values, "default": TokenFormat.JWT.value},
    "--claims-in-id-token": {
        **SWITCH,
        "help": "name, e-mail address and other standard claims in the ID token too",
    },
    "--access-token-alg": {
        "choices": IdTokenAlg.values,
        "default": IdTokenAlg.ES256.value,
        "help": "how access tokens for this resource server are signed",
    },
    "--access-token-typ": {
        "choices": AccessTokenTyp.values,
        "default": AccessTokenTyp.AT_JWT.value,
        "help": "the typ of access tokens for this resource server; JWT where at+jwt is refused",
    },
    "--access-token-claim": {
        "action": "append",
        "help": "a standard claim in access tokens for this resource server, if people release it",
    },
    # Requests without a browser
    "--delivery-mode": {
        "choices": DeliveryMode.values,
        "default": "",
        "help": "how it learns of answers to requests without a browser (CIBA)",
    },
    "--notification-endpoint": {**URI, "help": "told in the mode ping"},
    "--may-ask-for-itself": {
        **SWITCH,
        "help": "it may ask for approvals without a person who asks",
    },
    # What people see
    "--verified": {
        **SWITCH,
        "help": "somebody checked who operates it; without it people are warned, and nothing "
        "optional is ticked in advance",
    },
    "--agent": {**SWITCH, "help": "it acts on its own: people are told so, and offered 30 days"},
    "--purpose": {"default": "", "help": "one sentence for the consent screen"},
    **{f"--{page}-uri": URI for page in ("client", "logo", "policy", "tos")},
}
"""What `argparse` is told of each."""


class Command(BaseCommand):
    """`manage.py create_client --name … --redirect-uri …`."""

    help = (
        "Register a client and print it as one JSON object (RFC 7591 §3.2.1). "
        "The secret is shown this once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the metadata of RFC 7591 §2; what may be given several times is repeated."""
        for option, meaning in OPTIONS.items():
            parser.add_argument(option, **meaning)

    def handle(self, *args: Any, **options: Any) -> None:
        """Register, and print the result."""
        try:
            client, secret = register_client(
                _metadata(options),
                client_id=options["client_id"],
                is_verified=options["verified"],
                is_agent=options["agent"],
            )
        except ValidationError as error:
            raise CommandError(sentences(error)) from error
        self.stdout.write(json.dumps(client_document(client, secret), indent=2))


def _metadata(options: dict[str, Any]) -> ClientMetadata:
    grant_types = options["grant_type"]
    if grant_types is None:
        grant_types = () if options["resource_server"] else INTERACTIVE
    scope = options["scope"]
    return ClientMetadata(
        client_name=options["name"],
        redirect_uris=tuple(options["redirect_uri"]),
        post_logout_redirect_uris=tuple(options["post_logout_redirect_uri"]),
        grant_types=tuple(grant_types),
        scope=default_scope(grant_types) if scope is None else " ".join(scope),
        token_endpoint_auth_method=options["auth_method"],
        only_auth_method=options["only_auth_method"],
        token_endpoint_auth_signing_alg=options["auth_signing_alg"],
        jwks=options["jwks"],
        jwks_uri=options["jwks_uri"],
        code_protection=options["code_protection"],
        require_pushed_authorization_requests=options["require_par"],
        dpop_bound_access_tokens=options["require_dpop"],
        authorization_details_types=tuple(options["details_type"]),
        resources=tuple(options["resource"]),
        resource_server=options["resource_server"],
        access_token_format=options["access_token_format"],
        id_token_signed_response_alg=options["id_token_alg"],
        claims_in_id_token=options["claims_in_id_token"],
        access_token_signed_response_alg=options["access_token_alg"],
        access_token_typ=options["access_token_typ"],
        access_token_claims=" ".join(options["access_token_claim"] or ()),
        backchannel_token_delivery_mode=options["delivery_mode"],
        backchannel_client_notification_endpoint=options["notification_endpoint"],
        may_ask_for_itself=options["may_ask_for_itself"],
        client_uri=options["client_uri"],
        logo_uri=options["logo_uri"],
        policy_uri=options["policy_uri"],
        tos_uri=options["tos_uri"],
        purpose=options["purpose"],
    )
