"""Sign-in on the way to an application: for whom, and where the browser goes afterwards."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from foundation.base.form_action import allow_onward_redirects
from idp.authorize.stored import pending
from idp.models import StoredAuthorizationRequest


class OnTheWayToAnApplication:
    """For views that a pending authorization request may have sent the person to.

    Adds `application` (None without such a request) to the context, and lets the form lead to the
    application: browsers hold every redirect after a form against `form-action` (CSP3 §6.4.1).
    """

    request: HttpRequest

    @cached_property
    def pending_request(self) -> StoredAuthorizationRequest | None:
        """Return the authorization request that `next` resumes."""
        return pending.find_for_next(self.request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, and let the form end at the application, or wherever that sends people next."""
        response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        if self.pending_request is not None:
            allow_onward_redirects(response)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the application."""
        stored = self.pending_request
        application = stored.client if stored is not None else None
        context: dict[str, Any] = super().get_context_data(application=application, **kwargs)  # type: ignore[misc]
        return context
