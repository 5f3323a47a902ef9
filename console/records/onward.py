"""The ways on from the page of one person or one application: acts, grants, the token preview."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from console.records.history import may_read


class LeadsOn:
    """Actions on the page of a row; whoever uses them names them in `actions_detail`."""

    parameter_of_row = ""
    """What the history and the preview call such a row in their queries."""
    filter_of_grants = ""
    """What the list of grants calls it."""

    def has_history_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may look at acts may read timelines."""
        return may_read(request)

    def has_grants_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whoever may look at grants may look at these."""
        return request.user.has_perm("consent.view_grant")

    @action(description=_("Timeline"), icon="history", permissions=["history"])
    def timeline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go on to the acts of this row."""
        return redirect(f"{reverse('admin:history')}?{self.parameter_of_row}={object_id}")

    @action(description=_("Grants"), icon="handshake", permissions=["grants"])
    def grants(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go on to the grants of this row."""
        grants = reverse("admin:consent_grant_changelist")
        return redirect(f"{grants}?{self.filter_of_grants}={object_id}")

    @action(description=_("Preview token"), icon="data_object", permissions=["view"])
    def preview_token(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Go on to the preview with this row chosen."""
        return redirect(f"{reverse('admin:preview_token')}?{self.parameter_of_row}={object_id}")
