"""The factors of a person on their page in the administration: what and when, nothing secret."""

from typing import Any

from django.http import HttpRequest

from console.identity.elsewhere.origins import ShowsOrigins
from foundation.directory.factors import recovery
from foundation.directory.factors.selectors import factors_of


class ShowsFactors(ShowsOrigins):
    """For the page of a person: how they sign in beside the password, here and elsewhere."""

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> Any:
        """Add the factors to the page."""
        if obj is not None and self.has_view_permission(request, obj):
            context["factors"] = factors_of(obj.pk)
            context["codes_left"] = recovery.left(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
