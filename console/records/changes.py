"""The page "Changes": everything that was changed since a day, and by whom."""

from django.utils.translation import gettext_lazy as _

from console.common.act_entries import act_entries
from console.common.pages import SitePage
from console.records.export.columns import CHANGE
from console.records.finding.changes import DAYS, ChangeFilter, changes_found
from console.records.listing import RecordPage

CHANGES = RecordPage(
    page=SitePage("changes", _("Changes"), ("journal.view_act",)),
    form=ChangeFilter,
    found=changes_found,
    entries=lambda acts: {"act_entries": act_entries(acts)},
    template="admin/changes.html",
    columns=CHANGE,
    more=lambda: {"days": DAYS},
).routed()
