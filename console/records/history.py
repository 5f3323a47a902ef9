"""The page "History": every act, of everything, one person, one application or one object."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from console.common.act_entries import act_entries
from console.common.pages import SitePage
from console.records.export.columns import ACT
from console.records.finding.acts import ActFilter, acts_found
from console.records.listing import RecordPage
from foundation.journal.chain.inspection import sealed_segments


def archived() -> Mapping[str, Any]:
    """Return the seals of acts that are in files."""
    return {"segments": sealed_segments()}


HISTORY = RecordPage(
    page=SitePage("history", _("History"), ("journal.view_act",)),
    form=ActFilter,
    found=acts_found,
    entries=lambda acts: {"act_entries": act_entries(acts)},
    template="admin/history.html",
    columns=ACT,
    more=archived,
).routed()
