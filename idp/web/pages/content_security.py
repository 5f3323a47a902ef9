"""`Content-Security-Policy`: the one of all pages is put together once."""

from functools import lru_cache

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

LEFT_OUT = "_csp_replace"
"""The attribute of responses by which `foundation.base.form_action` leaves a directive out."""


class ContentSecurityPolicy(CSPMiddleware):
    """django-csp's, which puts the policy together for every answer.

    A page with a nonce or directives of its own is left to it.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Set the header, unless the response has one."""
        ways = {name for name in vars(response) if name.startswith("_csp")}
        replaced = getattr(response, LEFT_OUT, None) or {}
        with_nonce = getattr(request, "_csp_nonce", None) is not None
        if settings.DEBUG or with_nonce or not ways <= {LEFT_OUT} or any(replaced.values()):
            answered: HttpResponseBase = super().process_response(request, response)
            return answered
        response.headers.setdefault(HEADER, _policy(tuple(sorted(replaced))))
        return response


@lru_cache(maxsize=16)
def _policy(left_out: tuple[str, ...]) -> str:
    return str(build_policy(replace=dict.fromkeys(left_out)))
