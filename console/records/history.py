"""The page "History": the timeline of everything, one person, one application or one grant."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from console.common.pages import SitePage
from console.records.export.columns import ACT
from console.records.export.export import Extract, respond
from console.records.finding.acts import ActFilter, acts_found
from console.records.finding.paging import listed
from console.records.finding.searching import key_of
from foundation.directory.models import User
from foundation.journal.chain.inspection import ChainFacts, inspect, sealed_segments
from foundation.journal.models import Act

HISTORY = SitePage("history", _("History"), ("journal.view_act",))


@dataclass(frozen=True)
class Entry:
    """One act as the page shows it."""

    act: Act
    chain: ChainFacts
    by: str
    """The administrator who did it; empty for everybody else."""


@HISTORY.at()
@require_safe
def history_page(request: HttpRequest) -> HttpResponse:
    """List the acts that the filter in the address means, newest first."""
    form = ActFilter(request.GET)
    acts = acts_found(form).select_related("client", "personal__person", "grant")
    shown = listed(request, acts, export="admin:history_export")
    context = {
        **shown,
        "form": form,
        "entries": _entries(list(shown["page"])),
        "segments": sealed_segments(),
        "links": _addresses(),
    }
    return HISTORY.render(request, "admin/history.html", context)


@HISTORY.at("export/", name="history_export")
@require_POST
def export_history(request: HttpRequest) -> HttpResponseBase:
    """Stream the acts that the filter in the address means."""
    form = ActFilter(request.GET)
    # Up to now: the act of this export is not in it.
    acts = acts_found(form).filter(at__lte=timezone.now())
    if not form.is_valid():
        raise BadRequest("No such filter.")
    given = form.cleaned_data
    extract = Extract(
        name="history",
        rows=acts,
        columns=ACT,
        person=key_of(given["person"]),
        client=given["client"].pk if given["client"] else None,
        grant=given["grant"],
    )
    return respond(request, extract)


def _entries(acts: list[Act]) -> list[Entry]:
    names = _administrators({act.personal.actor_id for act in acts if hasattr(act, "personal")})
    return [
        Entry(act, chain, names.get(_actor(act), _actor(act)))
        for act, chain in zip(acts, inspect(acts), strict=True)
    ]


def _actor(act: Act) -> str:
    return act.personal.actor_id if hasattr(act, "personal") else ""


def _administrators(keys: Collection[str]) -> Mapping[str, str]:
    known = {key for text in keys if (key := key_of(text))}
    people = User.objects.filter(pk__in=known) if known else ()
    return {str(person.pk): str(person) for person in people}


def _addresses() -> dict[str, str]:
    """Return the names of the pages of a person and an application."""
    models: dict[str, Any] = {
        "person": User,
        "client": Act._meta.get_field("client").related_model,  # noqa: SLF001
    }
    return {
        name: f"admin:{model._meta.app_label}_{model._meta.model_name}_change"  # noqa: SLF001
        for name, model in models.items()
    }
