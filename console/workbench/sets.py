"""Policy sets: the page from which one gets to everything else of the workbench."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import display

from console.common.configuration_admin import ConfigurationAdmin
from console.common.pages import ACT, LOOK, ObjectPage
from console.workbench.activation import may_activate, roll_back
from console.workbench.simulation import simulate
from policy import services
from policy.checking import document_of, is_time_zone, located, problems_in
from policy.models import PolicySet, PolicyVersion, VersionState
from policy.selectors import before_the_active


class PolicySetForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a set is for, and what its policies are read with."""

    class Meta:
        model = PolicySet
        fields = ["title", "audience", "timezone", "default_sensitivity", "schema", "data"]

    def clean_timezone(self) -> str:
        """Take a time zone that there is."""
        said: str = self.cleaned_data["timezone"]
        if not is_time_zone(said):
            raise forms.ValidationError(_("There is no time zone %s.") % said)
        return said

    def clean_schema(self) -> dict[str, Any]:
        """Take an empty field for an empty schema."""
        return self.cleaned_data["schema"] or {}

    def clean_data(self) -> dict[str, list[str]]:
        """Take the names of tables, each with the names of its columns."""
        said = self.cleaned_data["data"] or {}
        if not isinstance(said, dict) or not all(map(_are_names, said.values())):
            raise forms.ValidationError(_("Write each table with the list of its columns."))
        return said

    def clean(self) -> dict[str, Any]:
        """Take nothing that the policies in force could not live with."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            for name in cleaned:
                setattr(self.instance, name, cleaned[name])
            for problem in problems_in(document_of(self._to_check())):
                self.add_error(None, located(problem))
        return cleaned

    def _to_check(self) -> PolicyVersion:
        active = (
            self.instance.versions.filter(state=VersionState.ACTIVE).first()
            if self.instance.pk
            else None
        )
        return PolicyVersion(policy_set=self.instance, text=active.text if active else "")


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) and name for name in value)


@admin.register(PolicySet)
class PolicySetAdmin(ConfigurationAdmin):
    """One set for each resource server, and one for the provider itself."""

    form = PolicySetForm
    list_display = ["title", "audience", "in_force", "drafts", "cases"]
    search_fields = ["title", "audience"]
    pages = (
        ObjectPage("simulate", simulate, ConfigurationAdmin.has_view_permission, methods=LOOK),
        ObjectPage("roll_back", roll_back, may_activate, methods=ACT),
    )
    change_form_outer_before_template = "admin/policy/set.html"
    fieldsets = [
        (None, {"fields": ["title", "audience"]}),
        (
            _("How its policies are read"),
            {
                "fields": ["timezone", "default_sensitivity", "schema", "data"],
                "description": _("Changes here are in force at once."),
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicySet]:
        """Bring along which version is in force, and how many drafts and cases there are."""
        active = PolicyVersion.objects.filter(policy_set=OuterRef("pk"), state=VersionState.ACTIVE)
        sets: QuerySet[PolicySet] = super().get_queryset(request)
        return sets.annotate(
            active_number=Subquery(active.values("number")[:1]),
            draft_count=Count("versions", Q(versions__state=VersionState.DRAFT), distinct=True),
            case_count=Count("cases", distinct=True),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep what decides from those who may not say what is in force."""
        if obj is None or may_activate(self, request):
            return []
        return ["audience", "timezone", "default_sensitivity", "schema", "data"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse while a version is in force: it is retired first, by those who may."""
        in_force = obj is not None and obj.versions.filter(state=VersionState.ACTIVE).exists()
        return super().has_delete_permission(request, obj) and not in_force

    def get_actions(self, request: HttpRequest) -> Any:
        """Offer nothing in bulk."""
        return {}

    def save_model(self, request: HttpRequest, obj: PolicySet, form: Any, change: bool) -> None:
        """Save; a new set begins with a draft of the starter policies."""
        services.save_settings(obj)
        if not change:
            services.begin(obj, by=request.user)
            told = gettext("The starter policies are there as a draft. They decide nothing yet.")
            self.message_user(request, told, messages.INFO)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the versions."""
        obj = kwargs.get("obj")
        if obj:
            versions = obj.versions.select_related("created_by", "activated_by")
            context |= {
                "versions": versions,
                "may_activate": may_activate(self, request),
                "may_add_version": request.user.has_perm("policy.add_policyversion"),
                "before": before_the_active(obj),
            }
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    @display(description=_("in force"), ordering="active_number")
    def in_force(self, policy_set: Any) -> str:
        """Show the number of the version that decides."""
        return str(policy_set.active_number or "–")

    @display(description=_("drafts"))
    def drafts(self, policy_set: Any) -> int:
        """Show how many drafts there are."""
        return int(policy_set.draft_count)

    @display(description=_("test cases"))
    def cases(self, policy_set: Any) -> int:
        """Show how many test cases there are."""
        return int(policy_set.case_count)
