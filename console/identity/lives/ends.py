"""Until when somebody may do anything, and is in which groups: their page, and many at once."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from console.common.confirmation import CONFIRMED, chosen_again
from console.common.pages import ObjectPage, render
from foundation.directory.models import GroupMembership, User
from foundation.journal.visitor import person as person_at
from idp.accounts.authority import may_act_on
from idp.accounts.lives.ends import join, leave, set_end

MOST_AT_ONCE = 100
FORMAT = "%Y-%m-%dT%H:%M"
"""As browsers send it, in the time zone of the administration."""


class EndField(forms.DateTimeField):
    """A day and a time of day; empty: none."""

    def __init__(self, **options: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"})
        super().__init__(required=False, input_formats=[FORMAT], widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        """Write a moment as browsers read it."""
        if isinstance(value, datetime):
            return timezone.localtime(value).strftime(FORMAT)
        return value


class EndsForm(forms.Form):
    """The end of access, and a group with the end of being in it."""

    ends_at = EndField(label=_("Access until"))
    group = forms.ModelChoiceField(
        Group.objects.order_by("name"),
        label=_("Group"),
        required=False,
        empty_label="–",
        widget=UnfoldAdminSelectWidget(),
    )
    group_ends_at = EndField(label=_("In this group until"))

    def __init__(self, *args: Any, may_give_groups: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        hint = gettext("Empty: without an end. Time zone: %(zone)s.") % {"zone": zone}
        for name in ("ends_at", "group_ends_at"):
            self.fields[name].help_text = hint
        if not may_give_groups:
            del self.fields["group"], self.fields["group_ends_at"]

    def clean(self) -> dict[str, Any]:
        """Refuse a membership that would be over before it began."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        end = said.get("group_ends_at")
        if said.get("group") and end and end <= timezone.now():
            self.add_error("group_ends_at", gettext("That is over already."))
        return said


def ends(own: Any, request: HttpRequest, person: User) -> HttpResponse:
    """Show when access and memberships end, and change that."""
    may_give_groups = bool(request.user.is_superuser)
    first = {"ends_at": person.ends_at}
    form = EndsForm(request.POST or None, initial=first, may_give_groups=may_give_groups)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        with transaction.atomic():
            set_end([person.pk], form.cleaned_data["ends_at"], now)
            if may_give_groups:
                leave(GroupMembership.objects.filter(user=person, pk__in=_left(request)))
                if group := form.cleaned_data["group"]:
                    join(person.pk, group, form.cleaned_data["group_ends_at"], now)
        own.message_user(request, gettext("It has been saved."), messages.SUCCESS)
        if not person.__dict__["is_active"]:
            told = gettext("%(name)s is switched off all the same; their page switches them on.")
            own.message_user(request, told % {"name": person}, messages.WARNING)
        return redirect(own.address("ends", person.pk))
    rows = (
        GroupMembership.objects.filter(user=person).select_related("group").order_by("group__name")
    )
    context = {
        "form": form,
        "memberships": rows,
        "may_give_groups": may_give_groups,
        "back": own.address("change", person.pk),
    }
    return render(request, "admin/ends.html", context, title=_("Until when"), about=person)


def _left(request: HttpRequest) -> list[int]:
    return [int(key) for key in request.POST.getlist("leave") if key.isdecimal()]


ENDS = ObjectPage(
    "ends",
    ends,
    lambda own, request, person: own.has_change_permission(request, person),
    title=_("Until when"),
    icon="event_busy",
)


class EndsPeople:
    """For the list of people."""

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Whoever may change people may say until when they may do anything."""
        return bool(request.user.has_perm("directory.change_user"))

    @admin.action(description=_("Access and groups until …"), permissions=["end"])
    def set_ends(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Ask until when those who were chosen have access, or are in a group; then do it."""
        page: Any = self
        chosen = list(queryset[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            told = gettext("Choose %(n)d rows at most.") % {"n": MOST_AT_ONCE}
            page.message_user(request, told, messages.ERROR)
            return None
        people = [each for each in chosen if may_act_on(person_at(request), each)]
        is_sent = CONFIRMED in request.POST
        may_give_groups = bool(request.user.is_superuser)
        form = EndsForm(request.POST if is_sent else None, may_give_groups=may_give_groups)
        if is_sent and form.is_valid():
            _set_for(people, form.cleaned_data, changes_end=bool(request.POST.get("changes_end")))
            told = gettext("Saved for %(n)d people.") % {"n": len(people)}
            page.message_user(request, told, messages.SUCCESS)
            return None
        hidden = chosen_again("set_ends", people)
        context = {
            "form": form,
            "people": people,
            "left_out": len(chosen) - len(people),
            "hidden": hidden,
            "back": page.address("changelist"),
        }
        return render(request, "admin/ends_of_many.html", context, title=_("Until when"))


@transaction.atomic
def _set_for(people: list[User], said: dict[str, Any], *, changes_end: bool) -> None:
    now = timezone.now()
    if changes_end:
        set_end([person.pk for person in people], said["ends_at"], now)
    if group := said.get("group"):
        for person in people:
            join(person.pk, group, said["group_ends_at"], now)
