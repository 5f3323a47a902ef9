"""Decision logs of Open Policy Agents: `POST /opa/logs`, as the resource server they decide for.

https://www.openpolicyagent.org/docs/management-decision-logs. OPA keeps what is not answered with
a status of success, and sends it again.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from idp.client_authentication.resource_server import resource_server_behind
from idp.errors import InvalidRequestError, OAuthError
from idp.web.answers import refuse
from policy.decision_log.services import record_batch
from policy.opa.decision_logs import read_upload
from policy.opa.uploads import MalformedLogError


def logs(request: HttpRequest) -> HttpResponse:
    """Keep the decisions, all or none, each once; 503 while they cannot be kept."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        _record(request)
    except OAuthError as error:
        return refuse(error)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _record(request: HttpRequest) -> None:
    # Who it is comes first: nothing is decompressed for strangers.
    client = resource_server_behind(request)
    encoding = request.headers.get("Content-Encoding", "")
    try:
        decisions = read_upload(request.body, encoding=encoding, audience=client.resource_server)
        record_batch(decisions)
    except MalformedLogError as error:
        raise InvalidRequestError(str(error)) from error
