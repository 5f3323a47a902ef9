"""The page "Preview token": this person, this application, these scopes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_safe
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from claims.catalogue.assurance import is_within_reach
from claims.catalogue.parameters import example_of
from claims.catalogue.scopes import all_scopes, found
from claims.subject import load
from console.common.pages import SitePage
from console.common.people import find_person, people_suggested
from console.preview.tokens import TokenPreview, build_preview, permitted_audiences
from foundation.directory.levels import ACR_ONE_FACTOR
from foundation.directory.models import Client, User
from foundation.directory.models.client_choices import GrantType, TokenFormat

PREVIEW = SitePage(
    "preview_token", _("Preview token"), ("directory.view_user", "directory.view_client")
)
"""It shows what is in tokens, so it is for those who may look at people and applications."""


class PreviewForm(forms.Form):
    """The questions; the lists of scopes and audiences are those of the application."""

    person = forms.CharField(
        label=_("Person"),
        help_text=_("Username, e-mail address or subject identifier."),
        widget=UnfoldAdminTextInputWidget(attrs={"list": "people", "autocomplete": "off"}),
    )
    client = forms.ModelChoiceField(
        Client.objects.order_by("name"), label=_("Application"), widget=UnfoldAdminSelectWidget
    )
    audience = forms.ChoiceField(
        label=_("Access token for"), required=False, widget=UnfoldAdminSelectWidget
    )
    scopes = forms.MultipleChoiceField(
        label=_("Granted scopes"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *, scopes: list[str], audiences: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["scopes"].choices = [(name, name) for name in scopes]  # type: ignore[attr-defined]
        self.fields["audience"].choices = [(name, name) for name in audiences]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class PreviewQuestion:
    """What is to be previewed, as far as it makes sense; what is offered to choose from."""

    said: str
    person: User | None
    problem: str
    """Why nobody was found, in one sentence."""
    client: Client | None
    offered: list[str]
    scopes: tuple[str, ...]
    audiences: list[str]
    audience: str

    @property
    def form(self) -> PreviewForm:
        """The question as a form."""
        initial = {
            "person": self.person.username if self.person else self.said,
            "client": self.client,
            "scopes": self.scopes,
            "audience": self.audience,
        }
        return PreviewForm(scopes=self.offered, audiences=self.audiences, initial=initial)


@PREVIEW.at()
@require_safe
def preview_token(request: HttpRequest) -> HttpResponse:
    """Show the payloads side by side. Nothing is issued or stored, so it is a GET."""
    asked = _question(request)
    context = {
        "form": asked.form,
        "suggestions": {"people": people_suggested()},
        "notes": [asked.problem] if asked.problem else [],
    }
    if asked.person and asked.client:
        facts = load(asked.person.pk)
        preview = build_preview(
            asked.person, facts, asked.client, asked.scopes,
            audience=asked.audience, now=timezone.now(),
        )  # fmt: skip
        context |= _shown(preview)
        context["notes"] = list(_notes(asked.person, asked.client, asked.scopes))
    return PREVIEW.render(request, "admin/preview_token.html", context)


def _question(request: HttpRequest) -> PreviewQuestion:
    said = request.GET.get("person", "").strip()
    person, problem = _person(said)
    client = _client(request.GET.get("client", ""))
    offered = [example_of(name) for name in all_scopes() if client and name in client.scopes]
    ticked = request.GET.getlist("scopes") or offered
    scopes = tuple(name for name in offered if name in ticked)
    audiences = permitted_audiences(client, scopes) if client else []
    wanted = request.GET.get("audience", "")
    audience = wanted if wanted in audiences else next(iter(audiences), "")
    return PreviewQuestion(
        said, person, problem, client, offered, scopes, audiences=audiences, audience=audience
    )


def _person(said: str) -> tuple[User | None, str]:
    """Return who is meant, or nobody and a sentence why."""
    try:
        line = PreviewForm.base_fields["person"].clean(said) if said else ""
        return (find_person(line) if line else None), ""
    except ValidationError as error:
        return None, error.messages[0]


def _client(pk: str) -> Client | None:
    return Client.objects.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None


def _shown(preview: TokenPreview) -> dict[str, Any]:
    payloads = (
        (_("ID token"), _("for the application"), preview.id_token),
        (_("Access token"), _("for the resource server"), preview.access_token),
        (_("Userinfo"), _("for the application, on request"), preview.userinfo),
    )
    return {
        "payloads": [(title, reader, _pretty(payload)) for title, reader, payload in payloads],
        "origins": [
            (origin, json.dumps(origin.value, ensure_ascii=False)) for origin in preview.origins
        ],
    }


def _pretty(payload: Mapping[str, Any] | None) -> str:
    return "" if payload is None else json.dumps(payload, indent=2, ensure_ascii=False)


def _notes(person: User, client: Client, scopes: tuple[str, ...]) -> Iterator[str]:
    if not person.is_active:
        yield gettext("This person is inactive: no tokens are issued about them.")
    if not client.is_active:
        yield gettext("This application is inactive: it gets no tokens.")
    if not client.allows_grant_type(GrantType.AUTHORIZATION_CODE):
        yield gettext("This application does not sign people in: it gets tokens of its own only.")
    if any(not is_within_reach(entry, ACR_ONE_FACTOR) for entry in found(scopes)):
        yield gettext("Scopes that need a stronger sign-in than this example are left out.")
    if "openid" not in scopes:
        yield gettext("Without the scope openid there is neither an ID token nor userinfo.")
    if client.access_token_format == TokenFormat.OPAQUE:
        yield gettext("Its access tokens are opaque: this is what introspection answers about one.")
