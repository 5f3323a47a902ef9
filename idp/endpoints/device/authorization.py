"""The device authorization endpoint (RFC 8628 §3.1, §3.2)."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views import View

from foundation.base import conf
from foundation.journal.visitor import decision_context
from idp.authorize.request import AuthorizationRequest
from idp.client_authentication.authenticate import authenticate_client
from idp.device.checks import check
from idp.device.codes import in_groups
from idp.device.services import DeviceCodes, lodge
from idp.endpoints.pushed_authorization import LARGEST_BODY
from idp.errors import InvalidRequestError, OAuthError
from idp.protocol.paths import DEVICE
from idp.web.answers import ProgramEndpoint, kept_by_nobody, refuse
from idp.web.parameters import authorization_of, read_form, refuse_query


class DeviceAuthorizationEndpoint(ProgramEndpoint, View):
    """Take a request from a device; somebody will type its code in a browser."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with both codes, and where the short one is typed (§3.2)."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
            return refuse(InvalidRequestError("The request is too large."), status=413)
        try:
            codes = _lodged(request)
        except OAuthError as error:
            return refuse(error)
        address = conf.current().issuer + DEVICE
        user_code = in_groups(codes.user_code)
        answer = {
            "device_code": codes.device_code,
            "user_code": user_code,
            "verification_uri": address,
            "verification_uri_complete": f"{address}?{urlencode({'user_code': user_code})}",
            "expires_in": codes.expires_in,
            "interval": codes.interval,
        }
        return kept_by_nobody(json.dumps(answer))


def _lodged(request: HttpRequest) -> DeviceCodes:
    form = read_form(request)
    refuse_query(request)
    client = authenticate_client(dict(form), authorization_of(request))
    given = {name: [v for n, v in form if n == name] for name, _ in form}
    asked = AuthorizationRequest.parse({**given, "client_id": [client.client_id]}.items())
    check(asked, client)
    return lodge(asked, client, address=decision_context(request).address)


device_authorization = DeviceAuthorizationEndpoint.as_view()
