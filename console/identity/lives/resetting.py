"""Resetting how somebody signs in, from their page; and what became of each reset."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _
from unfold.decorators import display

from console.common.configuration_admin import ReadOnlyAdmin
from console.common.confirmation import Confirmation, ask, reason_form
from console.common.object_admin import labelled
from console.records.finding.filters import ChoiceFilter, Lookups
from console.records.finding.searching import people_like
from foundation.base import conf
from foundation.directory.models import User
from foundation.journal.visitor import administrator_context, person
from idp.accounts.authority import may_act_on
from idp.accounts.resets.services import ResetRefusedError, ask_for_reset, stop, why_not
from idp.models import SignInReset
from idp.models.sign_in_reset import STANDS


class ResetsSignIns:
    """For the page of a person, before Django's `UserAdmin`."""

    def get_urls(self) -> Any:
        """Add the page that asks."""
        page: Any = self
        view = page.admin_site.admin_view(self.reset_sign_in)
        own = path("<path:object_id>/reset/", view, name="directory_user_reset")
        return [own, *super().get_urls()]  # type: ignore[misc]

    def reset_sign_in(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for a reset, with a reason, after asking."""
        page: Any = self
        about = page.get_object(request, unquote(object_id))
        if about is None or not page.has_view_permission(request, about):
            raise Http404
        back = page.address("change", about.pk)
        refused = why_not(person(request), about, timezone.now())
        form = reason_form(request)
        if refused is None and request.method == "POST" and form.is_valid():
            context = administrator_context(request, form.cleaned_data["reason"])
            try:
                ask_for_reset(about, person(request), context, timezone.now())
            except ResetRefusedError as error:
                refused = error.sentence
            else:
                said = gettext("%(name)s has been told. The reset takes effect later.")
                page.message_user(request, said % {"name": about}, messages.SUCCESS)
        if refused is not None:
            page.message_user(request, str(refused), messages.ERROR)
        if refused is not None or (request.method == "POST" and form.is_valid()):
            return redirect(back)
        return ask(request, _confirmation(about, back), form)

    @display(description=_("Reset"))
    def reset_state(self, about: User) -> str:
        """Lead to the page that asks."""
        return format_html(
            '<a class="admin-link" href="{}">{}</a>',
            reverse("admin:directory_user_reset", args=[about.pk]),
            gettext("Reset how they sign in"),
        )


def _confirmation(about: User, back: str) -> Confirmation:
    said = {"name": about, "email": about.email, "hours": conf.current().reset_delay // 3600}
    return Confirmation(
        title=_("Reset the sign-in"),
        question=_("Reset how this person signs in?"),
        sentences=[
            gettext(
                "%(name)s is told at %(email)s at once, with your reason, and can stop it for "
                "%(hours)d hours."
            )
            % said,
            gettext(
                "Then password, passkeys, app and recovery codes end, every session and every "
                "token with them, and %(name)s gets a link to choose anew."
            )
            % said,
        ],
        yes=_("Reset"),
        back=back,
        about=about,
    )


STATES = {
    "open": _("Open"),
    "stopped": _("Stopped"),
    "done": _("Done"),
}


class ResetStateFilter(ChoiceFilter):
    """What became of it."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        """List the states."""
        return STATES.items()

    def narrow(self, queryset: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Look at the moments."""
        narrowed = {
            "open": STANDS,
            "stopped": Q(stopped_at__isnull=False),
            "done": Q(done_at__isnull=False),
        }
        return queryset.filter(narrowed[value])


@admin.register(SignInReset)
class SignInResetAdmin(ReadOnlyAdmin):
    """Resets; they are asked for on the page of a person."""

    list_display = [
        labelled("person", _("person")),
        "state",
        labelled("asked_by", _("asked for by")),
        labelled("asked_at", _("asked for"), ordering="pk"),
        labelled("takes_effect_at", _("takes effect")),
        "reason",
    ]
    list_select_related = ["person", "asked_by"]
    list_filter = [ResetStateFilter]
    sortable_by = ["takes_effect_at"]
    ordering = ["-pk"]
    search_fields = ["email"]
    search_help_text = _("Beginning of a username or e-mail address, or identifier of a person")
    fields = [
        "person",
        "asked_by",
        "reason",
        "email",
        ("asked_at", "takes_effect_at"),
        ("stopped_at", "done_at"),
    ]
    actions = ["stop_chosen"]

    def has_reset_permission(self, request: HttpRequest) -> bool:
        """Whoever may ask for resets may stop them."""
        return request.user.has_perm("idp.add_signinreset")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the resets of people."""
        if term := search_term.strip():
            queryset = queryset.filter(person__in=people_like(term))
        return queryset, False

    @admin.action(description=_("Stop"), permissions=["reset"])
    def stop_chosen(self, request: HttpRequest, queryset: QuerySet[SignInReset]) -> None:
        """Stop those that stand, of people whom the administrator may act on."""
        context, now = administrator_context(request), timezone.now()
        mine = [row for row in queryset.filter(STANDS) if may_act_on(person(request), row.person)]
        done = sum(stop(row, context, now) for row in mine)
        told = gettext("Stopped: %(n)d.") % {"n": done}
        self.message_user(request, told, messages.SUCCESS if done else messages.WARNING)

    @display(
        description=_("state"),
        label={"open": "warning", "stopped": "success", "done": "danger"},
    )
    def state(self, reset: SignInReset) -> tuple[str, Any]:
        """Show what became of it."""
        name = "stopped" if reset.stopped_at else "done" if reset.done_at else "open"
        return name, STATES[name]
