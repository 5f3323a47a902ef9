"""Versions: the editor of a draft, and what there is to see and do about each."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import display

from console.common.lists import FewRelated
from console.common.object_admin import ObjectAdmin
from console.common.pages import ACT, LOOK, ObjectPage
from console.workbench.activation import activate, may_activate, retire
from console.workbench.comparison import compare_page, may_compare
from console.workbench.gallery import gallery_page
from console.workbench.review import review_of
from console.workbench.version_form import NewVersionForm, VersionForm
from policy import services
from policy.models import PolicyVersion, VersionState
from policy.services import EditError
from policy.texts import numbered


def may_edit(versions: Any, request: HttpRequest, version: PolicyVersion) -> bool:
    """Say whether somebody may change a version, if it is a draft."""
    return bool(versions.has_change_permission(request, version))


def is_draft(version: PolicyVersion) -> bool:
    """Say whether a version can still be changed."""
    return version.state == VersionState.DRAFT


def is_active(version: PolicyVersion) -> bool:
    """Say whether a version is in force."""
    return version.state == VersionState.ACTIVE


def discard(versions: Any, request: HttpRequest, version: PolicyVersion) -> HttpResponse:
    """Delete a draft."""
    try:
        services.discard(version)
        versions.message_user(request, gettext("The draft has been discarded."))
    except EditError as error:
        versions.message_user(request, str(error), messages.ERROR)
    return redirect("admin:policy_policyset_change", version.policy_set_id)


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ObjectAdmin):
    """Every version of every set. Only drafts can be edited."""

    list_display = ["named", "state_label", "note", "created_at", "created_by", "activated_at"]
    list_filter = [("policy_set", FewRelated), "state"]
    list_select_related = ["policy_set", "created_by"]
    search_fields = ["policy_set__title", "note", "text"]
    ordering = ["policy_set__title", "-number"]
    warn_unsaved_form = True
    pages = (
        ObjectPage(
            "activate", activate, may_activate, is_of=lambda version: not is_active(version)
        ),
        ObjectPage("retire", retire, may_activate, is_of=is_active),
        ObjectPage("gallery", gallery_page, may_edit, is_of=is_draft),
        ObjectPage("compare", compare_page, may_compare, methods=LOOK),
        ObjectPage("discard", discard, may_edit, methods=ACT),
    )
    change_form_outer_before_template = "admin/policy/version.html"
    change_form_outer_after_template = "admin/policy/lines.html"

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the editor; a new version needs a set too."""
        form = VersionForm if obj else NewVersionForm
        return super().get_form(request, obj, **{**kwargs, "form": form})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Show the text of what cannot be edited by line, under the form."""
        if obj and not self.has_change_permission(request, obj):
            return ["note"]
        return ["note", "text", "seen"] if obj else ["policy_set", "note", "text"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the text of another version, `?from=`."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        key = request.GET.get("from", "")
        begun = PolicyVersion.objects.filter(pk=key).first() if key.isdecimal() else None
        if begun and self.has_view_permission(request, begun):
            initial |= {"policy_set": begun.policy_set_id, "text": begun.text}
        return initial

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let only drafts be edited."""
        is_open = obj is None or obj.state == VersionState.DRAFT
        return is_open and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a draft is discarded, and everything else stays."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyVersion]:
        """Bring the sets along."""
        versions: QuerySet[PolicyVersion] = super().get_queryset(request)
        return versions.select_related("policy_set")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write as services do; the form has checked that nobody else did meanwhile."""
        said = form.cleaned_data
        if change:
            stored = PolicyVersion.objects.select_related("policy_set").get(pk=obj.pk)
            services.edit(stored, said["text"], note=said["note"], seen=said["seen"])
        else:
            new = services.draft(
                said["policy_set"], said["text"], note=said["note"], by=request.user
            )
            obj.pk, obj.number = new.pk, new.number

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay with the draft, where its problems are shown."""
        return self._back(request, obj, gettext("Saved."))

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on to the draft."""
        return self._back(request, obj, gettext("Draft %d has been begun.") % obj.number)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show what is wrong, what the test cases say, and what would change."""
        obj = kwargs.get("obj")
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        if obj:
            stored = PolicyVersion.objects.select_related("policy_set").get(pk=obj.pk)
            review = review_of(stored)
            context |= {
                "review": review,
                "lines": numbered(stored.text, review.problems),
                "may_activate": may_activate(self, request),
                "may_add": self.has_add_permission(request),
                "may_edit": self.has_change_permission(request, stored),
                "may_compare": may_compare(self, request, stored),
            }
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    @display(description=_("version"), ordering="number")
    def named(self, version: PolicyVersion) -> str:
        """Show the set and the number."""
        return str(version)

    @display(
        description=_("state"),
        ordering="state",
        label={
            VersionState.DRAFT: "info",
            VersionState.ACTIVE: "success",
            VersionState.RETIRED: None,
        },
    )
    def state_label(self, version: PolicyVersion) -> tuple[str, str]:
        """Show the state as a label."""
        return version.state, version.get_state_display()

    def _back(self, request: HttpRequest, obj: Any, told: str) -> HttpResponse:
        self.message_user(request, told, messages.SUCCESS)
        return redirect("admin:policy_policyversion_change", obj.pk)
