"""Where a person comes from, and which of their fields are filled from there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext

from claims.attributes import definitions
from console.common.object_admin import ObjectAdmin
from foundation.directory.models import User
from foundation.directory.sources.models import LdapDirectory
from foundation.directory.upstream.models import UpstreamAccount
from foundation.directory.upstream.selectors import accounts_of
from idp.accounts.provisioning.facts import ATTRIBUTE
from idp.models import ScimConnection
from idp.upstream.taking_over import filled


@dataclass(frozen=True)
class KnownElsewhere:
    """One place that knows the person."""

    name: str
    called: str
    """How they are known there."""
    fills: str
    """What comes from there, in words."""
    changed_here: str
    """What came from there and was changed here since, so that it stays."""
    used_at: datetime | None = None


class ShowsOrigins(ObjectAdmin):
    """For the page of a person: who else says what they are."""

    def get_queryset(self, request: HttpRequest) -> Any:
        """Fetch along where somebody is provided from, and whether they have accounts elsewhere."""
        accounts = UpstreamAccount.objects.filter(user=OuterRef("pk"))
        people = super().get_queryset(request).select_related("provided")
        return people.annotate(is_elsewhere=Exists(accounts))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any
    ) -> Any:
        """Add the origins to the page."""
        if obj is not None and self.has_view_permission(request, obj):
            context["origins"] = origins_of(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def origins_of(person: User) -> list[KnownElsewhere]:
    """Return the directory or system that provides somebody, then their accounts elsewhere."""
    row = getattr(person, "provided", None)
    found = [KnownElsewhere(_name_of(row.source), row.key, _words(row.gives), "")] if row else []
    for account in accounts_of(person.pk) if getattr(person, "is_elsewhere", True) else ():
        said = filled(account, person)
        kept = {name for name, is_kept in said.items() if is_kept}
        words = (_words(kept), _words(said.keys() - kept))
        found.append(
            KnownElsewhere(account.provider.name, str(account), *words, account.last_used_at)
        )
    return found


def _name_of(source: str) -> str:
    kind, _colon, key = source.partition(":")
    if kind == "ldap":
        found = LdapDirectory.objects.filter(pk=key).values_list("title", flat=True).first()
    else:
        found = ScimConnection.objects.filter(pk=key).values_list("name", flat=True).first()
    return found or source


def _words(names: Iterable[str]) -> str:
    return ", ".join(sorted(map(_word, names)))


def _word(name: str) -> str:
    if name.startswith(ATTRIBUTE):
        known = definitions().get(name.removeprefix(ATTRIBUTE))
        return gettext(known.title) if known is not None else name
    column: Any = User._meta.get_field(name)  # noqa: SLF001 - documented
    return str(column.verbose_name)
