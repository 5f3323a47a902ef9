"""The factors of a person on their page in the administration: what and when, nothing secret."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from console.common.object_admin import ObjectAdmin
from foundation.directory.factors import recovery
from foundation.directory.factors.selectors import factors_of


class ShowsFactors(ObjectAdmin):
    """For the page of a person: how they sign in beside the password."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Add the factors to the page."""
        person = self.get_object(request, object_id)
        more = {**(extra_context or {})}
        if person is not None and self.has_view_permission(request, person):
            more["factors"] = factors_of(person.pk)
            more["codes_left"] = recovery.left(person)
        response: HttpResponse = super().change_view(request, object_id, form_url, more)
        return response
