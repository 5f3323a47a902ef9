"""Register an application or a resource server and print it as JSON."""

import json
from argparse import BooleanOptionalAction
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.management.sentences import sentences
from foundation.directory.models.client_choices import (
    AccessTokenTyp,
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


class Command(BaseCommand):
    """`manage.py create_client --name … --redirect-uri …`."""

    help = (
        "Register a client and print it as one JSON object (RFC 7591 §3.2.1). "
        "The secret is shown this once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the metadata of RFC 7591 §2; what may be given several times is repeated."""
        parser.add_argument("--name", required=True, help="what people see on the consent screen")
        parser.add_argument("--client-id", help="default: a random one")
        parser.add_argument("--redirect-uri", metavar="URI", action="append", default=[])
        parser.add_argument(
            "--post-logout-redirect-uri", metavar="URI", action="append", default=[]
        )
        parser.add_argument(
            "--grant-type",
            action="append",
            choices=GrantType.values,
            help="default: authorization_code and refresh_token; none for a resource server",
        )
        parser.add_argument(
            "--scope",
            action="append",
            help="what it may ask for, separated by spaces or repeated; "
            "default: openid profile email, and offline_access with refresh_token",
        )
        parser.add_argument(
            "--auth-method", choices=AuthMethod.values, default=AuthMethod.BASIC.value
        )
        parser.add_argument(
            "--only-auth-method",
            action="store_true",
            help="take its secret in no other way; otherwise header and form are both accepted",
        )
        parser.add_argument(
            "--code-protection",
            choices=CodeProtection.values,
            default=CodeProtection.PKCE_OR_NONCE.value,
            help="what its requests have to bring; public clients always need PKCE",
        )
        parser.add_argument("--require-par", action=BooleanOptionalAction, default=False)
        self._add_token_arguments(parser)
        self._add_backchannel_arguments(parser)
        self._add_presentation_arguments(parser)

    def _add_token_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--resource",
            action="append",
            default=[],
            metavar="AUDIENCE",
            help="a resource server it may ask access tokens for (RFC 8707); may be repeated",
        )
        parser.add_argument(
            "--details-type",
            action="append",
            default=[],
            metavar="TYPE",
            help="authorization details it may ask for (RFC 9396); may be repeated",
        )
        parser.add_argument(
            "--resource-server",
            default="",
            metavar="AUDIENCE",
            help="the client is this resource server and may introspect its tokens",
        )
        parser.add_argument(
            "--id-token-alg", choices=IdTokenAlg.values, default=IdTokenAlg.RS256.value
        )
        parser.add_argument(
            "--access-token-format", choices=TokenFormat.values, default=TokenFormat.JWT.value
        )
        parser.add_argument(
            "--claims-in-id-token",
            action="store_true",
            help="name, e-mail address and other standard claims in the ID token too",
        )
        parser.add_argument(
            "--access-token-alg",
            choices=IdTokenAlg.values,
            default=IdTokenAlg.ES256.value,
            help="how access tokens for this resource server are signed",
        )
        parser.add_argument(
            "--access-token-typ",
            choices=AccessTokenTyp.values,
            default=AccessTokenTyp.AT_JWT.value,
            help="the typ of access tokens for this resource server; JWT where at+jwt is refused",
        )
        parser.add_argument(
            "--access-token-claim",
            action="append",
            help="a standard claim in access tokens for this resource server, if people release it",
        )

    def _add_backchannel_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--delivery-mode",
            choices=DeliveryMode.values,
            default="",
            help="how it learns of answers to requests without a browser (CIBA)",
        )
        parser.add_argument(
            "--notification-endpoint", default="", metavar="URI", help="told in the mode ping"
        )
        parser.add_argument(
            "--may-ask-for-itself",
            action="store_true",
            help="it may ask for approvals without a person who asks",
        )

    def _add_presentation_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--verified",
            action="store_true",
            help="somebody checked who operates it; without it people are warned, and nothing "
            "optional is ticked in advance",
        )
        parser.add_argument(
            "--agent",
            action="store_true",
            help="it acts on its own: people are told so, and offered 30 days",
        )
        parser.add_argument("--purpose", default="", help="one sentence for the consent screen")
        for page in ("client", "logo", "policy", "tos"):
            parser.add_argument(f"--{page}-uri", default="", metavar="URI")

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
        code_protection=options["code_protection"],
        require_pushed_authorization_requests=options["require_par"],
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
