"""For whom an application is: everybody, or the people and groups that are named."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy as _
from unfold.widgets import UnfoldBooleanWidget

from console.approvals.people_fields import PeopleField
from console.common.fields import LinesField
from console.common.object_admin import ObjectAdmin
from console.common.pages import ObjectPage, render
from foundation.directory.may_use import people_named, set_users
from foundation.directory.models import Client, User
from idp.tokens.revocation import announce_end


class GroupsField(LinesField):
    """Some groups, one a line."""

    def clean(self, value: Any) -> Any:
        """Return the groups; the error names the line that is none."""
        names = super().clean(value)
        found = {group.name: group for group in Group.objects.filter(name__in=names)}
        for name in names:
            if name not in found:
                raise forms.ValidationError(
                    gettext("There is no group %(name)s."), params={"name": name}
                )
        return list(found.values())


class WhoMayUseForm(forms.Form):
    """Whether it is for some, and for whom."""

    is_for_some = forms.BooleanField(
        label=_("Only for those named here"), required=False, widget=UnfoldBooleanWidget()
    )
    groups = GroupsField(label=_("Groups"), required=False, help_text=_("Names, one a line."))
    people = PeopleField(label=_("People"))


def who_may_use(own: Any, request: HttpRequest, client: Client) -> HttpResponse:
    """Show for whom an application is, and change it."""
    form = WhoMayUseForm(request.POST or None, initial=_initial(client))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            set_users(client, **form.cleaned_data)
            if form.cleaned_data["is_for_some"]:
                left_out = User.objects.exclude(pk__in=people_named(client).values("pk"))
                announce_end(application=client.pk, user__in=left_out)
        own.message_user(request, gettext("It has been saved."), messages.SUCCESS)
        return redirect(own.address("who_may_use", client.pk))
    context = {"form": form, "back": own.address("change", client.pk)}
    return render(
        request, "admin/who_may_use.html", context, title=_("Who may use it"), about=client
    )


def _initial(client: Client) -> dict[str, Any]:
    groups = client.only_groups.order_by("name")
    return {
        "is_for_some": client.is_for_some,
        "groups": list(groups.values_list("name", flat=True)),
        "people": list(client.only_people.order_by("username")),
    }


WHO_MAY_USE = ObjectPage(
    "who_may_use",
    who_may_use,
    ObjectAdmin.has_change_permission,
    title=_("Who may use it"),
    icon="group",
)
