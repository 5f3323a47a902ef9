"""The page "Compare": a version against the last real decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from console.common.pages import render
from console.common.people import may_see_people, names_of_applications, names_of_people
from console.workbench.review import comparison_of, review_of
from policy.models import PolicyVersion
from policy.replay import Changed, Comparison
from scopeward_guard.vocabulary import Entity

SIZES = (100, 500, 2000)
MOST_LISTED = 200


@dataclass(frozen=True)
class ComparisonRow:
    """A changed answer, as the page lists it."""

    changed: Changed
    who: str
    application: str
    what: str


def may_compare(_own: Any, request: HttpRequest, _version: PolicyVersion) -> bool:
    """Say whether somebody may see real decisions."""
    return request.user.has_perm("policy.view_loggeddecision")


def rows_of(comparison: Comparison | None, request: HttpRequest, most: int) -> list[ComparisonRow]:
    """Return the first changes, with names for identifiers. At most two statements."""
    changed = comparison.changed[:most] if comparison else ()
    subjects = {entry.evaluation.subject.id for entry in changed}
    people = names_of_people(subjects) if may_see_people(request.user) else {}
    applications = names_of_applications({_client_id(entry) for entry in changed})
    return [_row(entry, people, applications) for entry in changed]


def compare_page(_versions: Any, request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """Ask the last 500 real questions again, or as many as `?last=` says."""
    asked = request.GET.get("last")
    last = next((size for size in SIZES if str(size) == asked), SIZES[1])
    review = review_of(version)
    comparison = comparison_of(review, last)
    context = {
        "review": review,
        "comparison": comparison,
        "rows": rows_of(comparison, request, MOST_LISTED),
        "sizes": SIZES,
        "last": last,
    }
    title, template = _("Compare with real decisions"), "admin/policy/compare.html"
    return render(request, template, context, title=title, about=version)


def _row(
    changed: Changed, people: Mapping[str, str], applications: Mapping[str, str]
) -> ComparisonRow:
    subject, client_id = changed.evaluation.subject, _client_id(changed)
    return ComparisonRow(
        changed=changed,
        who=people.get(subject.id, subject.id),
        application=applications.get(client_id, client_id),
        what=_what(changed.evaluation.resource),
    )


def _client_id(changed: Changed) -> str:
    return str(changed.evaluation.context.get("client_id", ""))


def _what(resource: Entity) -> str:
    said = resource.properties
    names = said.get("columns") or said.get("tables") or [resource.id]
    return ", ".join(map(str, names)) if isinstance(names, list) else resource.id
