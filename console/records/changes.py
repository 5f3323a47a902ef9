"""The page "Changes": everything that was changed since a day, and by whom."""

from django.utils.translation import gettext_lazy as _

from console.common.pages import SitePage
from console.common.shown_acts import shown_acts
from console.records.export.columns import CHANGE
from console.records.finding.changes import DAYS, ChangeFilter, changes_found
from console.records.listing import RecordPage

CHANGES = RecordPage(
    page=SitePage("changes", _("Changes"), ("journal.view_act",)),
    form=ChangeFilter,
    found=changes_found,
    shown=lambda acts: {"shown_acts": shown_acts(acts)},
    template="admin/changes.html",
    columns=CHANGE,
    more=lambda: {"days": DAYS},
).routed()
