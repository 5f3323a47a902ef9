"""What a provider sends the browser back with (OIDC Core §3.1.2.5, RFC 9207)."""

from django.http import QueryDict

from foundation.directory.upstream.models import UpstreamProvider
from idp.upstream.relying_party.errors import UpstreamDeniedError, UpstreamRefusedError

PARAMETERS = ("code", "state", "iss", "error")
LONGEST_CODE = 4096


def code_of(given: QueryDict, provider: UpstreamProvider) -> str:
    """Return the code; raises `UpstreamError`. Whose `state` it is has been looked at before."""
    if any(len(given.getlist(name)) > 1 for name in PARAMETERS):
        raise UpstreamRefusedError("a parameter more than once (RFC 6749 §3.1)")
    issuer = given.get("iss")
    says_so = provider.metadata.get("authorization_response_iss_parameter_supported") is True
    # RFC 9207 §2.4: compared as it is, and missed where it was announced.
    if issuer != provider.issuer and (says_so or issuer is not None):
        raise UpstreamRefusedError("the answer of another issuer")
    if "error" in given:
        raise UpstreamDeniedError(given["error"][:100])
    code = given.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise UpstreamRefusedError("no code")
    return code
