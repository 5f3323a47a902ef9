"""The ways on from the page of one person or one application: grants, the token preview."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.common.object_admin import ObjectAdmin
from console.common.pages import HeadLink
from console.preview.page import PREVIEW


class LeadsOn(ObjectAdmin):
    """For an admin whose objects have acts and grants."""

    parameter_of_row = ""
    """What the history and the preview call such a row in their queries."""
    filter_of_grants = ""
    """What the list of grants calls it."""

    def head_links(self, request: HttpRequest, obj: Any) -> Iterator[HeadLink]:
        """Lead on to the grants, and the preview with this row chosen."""
        yield from super().head_links(request, obj)
        query = urlencode({self.parameter_of_row: obj.pk})
        if request.user.has_perm("consent.view_grant"):
            grants = reverse("admin:consent_grant_changelist")
            yield HeadLink(_("Grants"), f"{grants}?{self.filter_of_grants}={obj.pk}", "handshake")
        if PREVIEW.may_see(request):
            yield HeadLink(_("Preview token"), f"{PREVIEW.address}?{query}", "data_object")

    def history_query(self, obj: Any) -> dict[str, Any]:
        """Ask for everything about this row."""
        return {self.parameter_of_row: obj.pk}
