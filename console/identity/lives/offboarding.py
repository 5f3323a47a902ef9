"""The page that shows everything that ends when somebody goes, with the one button that ends it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from console.common.confirmation import Confirmation, ReasonForm, ask, chosen_again, reason_form
from console.common.pages import ObjectPage, render
from console.common.people import find_person
from console.identity.lives.going import let_go
from console.identity.lives.what_ends import what_ends
from foundation.directory.models import User
from foundation.journal.visitor import administrator_context, person as person_at
from idp.accounts.authority import may_act_on

MAY_NAME = ("catalogue.change_dataowner", "approvals.change_approvalrule")
MOST_AT_ONCE = 100


class GoingForm(ReasonForm):
    """Why, and who answers for their data from then on."""

    successor = forms.CharField(
        label=_("Successor"),
        required=False,
        max_length=254,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("Username or e-mail address: answers for their data, and is named by rules."),
    )

    def __init__(self, *args: Any, goes: User, may_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goes = goes
        if not may_name:
            del self.fields["successor"]

    def clean_successor(self) -> User | None:
        """Return another person who is there; raises `ValidationError`."""
        said = self.cleaned_data["successor"].strip()
        if not said:
            return None
        found: User = find_person(said)
        if found == self.goes or not found.is_active:
            raise ValidationError(gettext("It has to be another person, who has access."))
        return found


def going(own: Any, request: HttpRequest, person: User) -> HttpResponse:
    """Show what ends and what stays open; end it when that is asked."""
    # Whoever answers for data decides: only who may change owners and rules names a successor.
    may_name = request.user.has_perms(MAY_NAME)
    form = GoingForm(request.POST or None, goes=person, may_name=may_name)
    if request.method == "POST" and form.is_valid() and person.pk != request.user.pk:
        context = administrator_context(request, reason=form.cleaned_data["reason"])
        successor = form.cleaned_data.get("successor")
        let_go(person, context, timezone.now(), successor=successor)
        told = gettext("The access of %(name)s has ended.") % {"name": person}
        own.message_user(request, told, messages.SUCCESS)
        return redirect(own.address("going", person.pk))
    parts = what_ends(person)
    context_of_page = {
        "form": form,
        "person": person,
        "parts": [part for part in parts if not part.is_open],
        "open": [part for part in parts if part.is_open],
        "is_own": person.pk == request.user.pk,
        "back": own.address("change", person.pk),
    }
    return render(
        request, "admin/going.html", context_of_page, title=_("Offboarding"), about=person
    )


GOING = ObjectPage(
    "going",
    going,
    lambda own, request, person: own.has_change_permission(request, person),
    title=_("Offboarding"),
    icon="logout",
)


class LetsPeopleGo:
    """For the list of people."""

    def has_let_go_permission(self, request: HttpRequest) -> bool:
        """Whoever may change people may end their access."""
        return bool(request.user.has_perm("directory.change_user"))

    @admin.action(description=_("End everything"), permissions=["let_go"])
    def let_go(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Ask first, then end the access of those who were chosen; nobody succeeds them."""
        page: Any = self
        chosen = list(queryset[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            told = gettext("Choose %(n)d rows at most.") % {"n": MOST_AT_ONCE}
            page.message_user(request, told, messages.ERROR)
            return None
        me = person_at(request)
        people = [each for each in chosen if each != me and may_act_on(me, each)]
        form = reason_form(request, of_list=True)
        if form.is_valid():
            context = administrator_context(request, reason=form.cleaned_data["reason"])
            for person in people:
                let_go(person, context, timezone.now())
            told = gettext("Access ended: %(n)d.") % {"n": len(people)}
            page.message_user(request, told, messages.SUCCESS)
            return None
        return ask(request, _confirmation(people, page.address("changelist")), form)


def _confirmation(people: list[User], back: str) -> Confirmation:
    sentences = [
        ", ".join(f"{person} ({person.username})" for person in people),
        gettext(
            "Sessions, tokens and grants end at once, with requests, groups and standing in. What "
            "they answer for stays in their name; the page of each of them says what that is."
        ),
    ]
    return Confirmation(
        title=_("Offboarding"),
        question=_("End the access of these people?"),
        sentences=sentences,
        yes=_("End everything"),
        back=back,
        hidden=chosen_again("let_go", people),
    )
