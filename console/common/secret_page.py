"""New secrets: asked about first, made by one POST, on the page of its answer and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from console.common.confirmation import Confirmation, ask
from console.common.pages import render


@dataclass(frozen=True)
class NewSecret:
    """A secret that was just made. `rows` has it and what belongs to it, each under a label."""

    rows: Sequence[tuple[Any, str]]
    sentence: Any
    done: Any
    """The words of the link back."""


def ask_to_rotate(
    request: HttpRequest, about: Model, *, consequence: Any, back: str
) -> TemplateResponse:
    """Return the page that asks whether a new secret shall be made."""
    confirmation = Confirmation(
        title=_title(about),
        question=_("Make a new secret?"),
        sentences=[consequence],
        yes=_("Rotate secret"),
        no=_("Keep the present one"),
        back=back,
        about=about,
    )
    return ask(request, confirmation)


def show_new_secret(
    request: HttpRequest, about: Model, secret: NewSecret, *, back: str
) -> TemplateResponse:
    """Return the one page that a secret is on."""
    context = {"secret": secret, "back": back}
    return render(request, "admin/secret.html", context, title=_title(about), about=about)


def _title(about: Model) -> Any:
    return _("Secret of %(name)s") % {"name": about}
