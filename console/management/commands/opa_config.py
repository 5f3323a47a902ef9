"""`manage.py opa_config CLIENT_ID`: the configuration of an OPA that is paired with us."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from jwcrypto import jwk

from foundation.base import conf
from foundation.base.keys.ring import key_ring
from foundation.directory.registry import find_client
from idp.opa.editions import ALGORITHM
from policy.opa.config import CREDENTIALS_FILE, Pairing, configuration


class Command(BaseCommand):
    """Print the file, with every key that may sign bundles until keys rotate the next time."""

    help = "Prints the configuration of an Open Policy Agent that decides for a resource server."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the resource server's client id and how OPA is run."""
        parser.add_argument("client_id", help="the resource server's own client")
        parser.add_argument(
            "--credentials-file",
            default=CREDENTIALS_FILE,
            help="where OPA finds base64(client_id:client_secret) (default: %(default)s)",
        )
        parser.add_argument(
            "--no-long-polling",
            action="store_true",
            help="ask once a second instead of waiting for an answer",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it."""
        client = find_client(options["client_id"])
        if client is None or not client.resource_server:
            raise CommandError(f"{options['client_id']} is no active resource server.")
        pairing = Pairing(
            issuer=conf.current().issuer,
            client_id=client.client_id,
            audience=client.resource_server,
            keys={key["kid"]: _pem(key) for key in key_ring().jwks if key["alg"] == ALGORITHM},
            credentials_file=options["credentials_file"],
            long_polling=not options["no_long_polling"],
        )
        self.stdout.write(configuration(pairing), ending="")


def _pem(key: dict[str, str]) -> str:
    return str(jwk.JWK(**key).export_to_pem().decode())
