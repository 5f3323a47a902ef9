"""The editor of attributes that people and groups share."""

from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display

from claims.attributes import definitions, recorded
from claims.models import GroupAttributes, PersonAttributes
from console.identity.attributes_form import AttributesForm, attributes_form


class AttributesInline(StackedInline):
    """The attributes of one person or group, one form field each."""

    form = AttributesForm
    max_num = 1
    can_delete = False
    hide_title = True
    verbose_name = verbose_name_plural = _("attributes")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Use the form for the attributes that are defined now."""
        return super().get_formset(request, obj, **{"form": attributes_form(), **kwargs})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """List the defined attributes; one summary for those who may only look."""
        return list(definitions()) if self.has_change_permission(request, obj) else ["summary"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Name the summary, which is no field of the form."""
        return [] if self.has_change_permission(request, obj) else ["summary"]

    @display(description=_("recorded"))
    def summary(self, row: PersonAttributes | GroupAttributes) -> str:
        """Show what is recorded, an attribute a line."""
        stored = row.values if isinstance(row.values, dict) else {}
        values = (
            (definition.title, recorded(definition, stored.get(name)))
            for name, definition in definitions().items()
        )
        return format_html_join(
            "",
            "<div>{}: {}</div>",
            (
                (title, ", ".join(value) if isinstance(value, tuple) else value)
                for title, value in values
                if value is not None
            ),
        )


class PersonAttributesInline(AttributesInline):
    """What is recorded of one person."""

    model = PersonAttributes


class GroupAttributesInline(AttributesInline):
    """What every member of one group has."""

    model = GroupAttributes
