"""Finding changes: since when, by whom, of what kind of object."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from console.records.finding.record_filter import PeriodFilter, line, one_of
from console.records.finding.searching import people_meant
from foundation.base.configuration.deciding import deciding_models
from foundation.journal.acts import changes_since
from foundation.journal.models import Act, Actor

DAYS = 30
"""So far back it goes when no day is named."""


class ChangeFilter(PeriodFilter):
    """Which changes; empty fields mean all, and no first day the last `DAYS` days."""

    field_order = ("since", "until", "by", "actor", "object")

    by = line(_("By whom"), _("Beginning of a username or e-mail address, identifier, or command"))
    actor = one_of(_("By whom, in kind"), Actor.choices)

    people: Sequence[UUID] = ()
    """Whom `by` means, once it is cleaned."""

    def clean_by(self) -> str:
        """Find them; raises ValidationError when that is too many."""
        term: str = self.cleaned_data["by"]
        self.people = people_meant(term)
        return term

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["object"] = one_of(_("Kind of object"), list(kinds_of_objects()))
        self.order_fields(self.field_order)


def kinds_of_objects() -> Iterator[tuple[str, Any]]:
    """Yield what changes are about: name of the model, and its name for people, by the latter."""
    kinds = [
        (model._meta.label_lower, capfirst(model._meta.verbose_name))  # noqa: SLF001 - documented
        for model, said in deciding_models().items()
        if not said.about
    ]
    yield from sorted(kinds, key=lambda kind: str(kind[1]))


def changes_found(form: ChangeFilter) -> QuerySet[Act]:
    """Return the changes that a filter means, newest first; none when it makes no sense."""
    now = timezone.now()
    if not form.is_valid():
        return changes_since(now).none()
    given = form.cleaned_data
    since = given["since"] or now - timedelta(days=DAYS)
    acts = changes_since(since, until=given["until"]).filter(at__lte=now)
    if given["by"]:
        acts = acts.filter(_by(given["by"], form.people))
    narrowing = {"actor": given["actor"], "object_kind": given["object"]}
    acts = acts.filter(**{lookup: value for lookup, value in narrowing.items() if value})
    return acts.select_related("client", "personal__person", "grant")


def _by(term: str, people: Sequence[UUID]) -> Q:
    keys = [str(found) for found in people]
    return Q(personal__actor_id__in=keys) | Q(detail__program=term)
