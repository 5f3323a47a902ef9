"""Who stands in for whom, to be looked at; people arrange it themselves."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from consent.approvals.models import Delegation
from console.common.configuration_admin import ReadOnlyAdmin
from console.common.object_admin import labelled


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    """Who stands in for whom."""

    list_display = [
        labelled("from_person", _("person")),
        labelled("to_person", _("stood in for by")),
        "starts_at",
        "ends_at",
    ]
    list_select_related = ["from_person", "to_person"]
