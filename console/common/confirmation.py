"""Acts that are asked about first: one page that says what follows, then one POST that does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from console.common.pages import render

CONFIRMED = "confirmed"
LEAVE_IT = _("Leave it as it is")


class ReasonForm(forms.Form):
    """Why; it is kept in the history, where the person reads it too."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("It is kept in the history. The person reads it too."),
    )


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """What is asked, and what follows from yes."""

    title: Any
    question: Any
    sentences: Sequence[Any]
    yes: Any
    back: str
    """Where no leads."""
    no: Any = LEAVE_IT
    is_dangerous: bool = True
    about: Model | None = None
    """The one object that it is about, if it is one."""
    names: Sequence[tuple[Any, Any, Any]] = ()
    """Of what it is about: a person, an application, an identifier."""
    hidden: Sequence[tuple[str, Any]] = ()
    """What the form sends besides."""


def chosen_again(action: str, rows: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return what the form of an action on a list has to send once more, and that it was asked."""
    chosen = [(ACTION_CHECKBOX_NAME, row.pk) for row in rows]
    return [*chosen, ("action", action), (CONFIRMED, "1")]


def reason_form(request: HttpRequest, *, of_list: bool = False) -> ReasonForm:
    """Return the form with what was sent. The first POST of an action on a list sends no reason."""
    is_sent = request.method == "POST" and (not of_list or CONFIRMED in request.POST)
    return ReasonForm(request.POST if is_sent else None)


def ask(
    request: HttpRequest, confirmation: Confirmation, form: ReasonForm | None = None
) -> TemplateResponse:
    """Return the page that asks, with a field for the reason where there is a form."""
    context = {"confirmation": confirmation, "form": form}
    about = confirmation.about
    return render(request, "admin/confirm.html", context, title=confirmation.title, about=about)
