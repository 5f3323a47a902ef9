"""The page "Preview token": this person, this application, these scopes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from claims.subject import load
from consent.assurance import is_within_reach
from consent.catalogue import all_scopes
from consent.parameters import example_of
from idp.accounts.sign_in import ACR_ONE_FACTOR
from idp.admin.token_preview import TokenPreview, build_preview, permitted_audiences
from idp.models import AuthorizationCode, Client, User
from idp.models.client import GrantType, TokenFormat

Row = TypeVar("Row", bound=models.Model)


class PreviewForm(forms.Form):
    """The questions; the lists of scopes and audiences are those of the application."""

    person = forms.ModelChoiceField(User.objects, label=_("Person"))
    client = forms.ModelChoiceField(Client.objects, label=_("Application"))
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
        for name, column in (("person", "user"), ("client", "application")):
            relation = AuthorizationCode._meta.get_field(column)  # noqa: SLF001
            self.fields[name].widget = AutocompleteSelect(relation, admin.site)
            self.fields[name].widget.choices = self.fields[name].choices  # type: ignore[attr-defined]
        self.fields["scopes"].choices = [(name, name) for name in scopes]  # type: ignore[attr-defined]
        self.fields["audience"].choices = [(name, name) for name in audiences]  # type: ignore[attr-defined]


def may_preview(request: HttpRequest) -> bool:
    """Say whether somebody may see what is in tokens: who may look at people and applications."""
    return bool(request.user.has_perms(["idp.view_user", "idp.view_client"]))


def preview_token(request: HttpRequest) -> HttpResponse:
    """Show the payloads side by side. Nothing is issued or stored, so it is a GET."""
    if not may_preview(request):
        raise PermissionDenied
    person = _find(User, request.GET.get("person"))
    client = _find(Client, request.GET.get("client"))
    offered = [example_of(name) for name in all_scopes() if client and name in client.scopes]
    asked = request.GET.getlist("scopes") or offered
    scopes = tuple(name for name in offered if name in asked)
    audiences = permitted_audiences(client, scopes) if client else []
    audience = request.GET.get("audience", "")
    if audience not in audiences:
        audience = audiences[0] if audiences else ""
    form = PreviewForm(
        scopes=offered,
        audiences=audiences,
        initial={"person": person, "client": client, "scopes": scopes, "audience": audience},
    )
    context = {**admin.site.each_context(request), "title": _("Preview token"), "form": form}
    if person and client:
        preview = build_preview(
            person, load(person.pk), client, scopes, audience=audience, now=timezone.now()
        )
        context |= _shown(preview)
        context["notes"] = list(_notes(person, client, scopes))
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/preview_token.html", context)


def _find(model: type[Row], pk: str | None) -> Row | None:
    try:
        return model._default_manager.filter(pk=pk).first() if pk else None  # noqa: SLF001
    except (ValidationError, ValueError):
        return None


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
    if any(not is_within_reach(scope, ACR_ONE_FACTOR) for scope in scopes):
        yield gettext("Scopes that need a stronger sign-in than this example are left out.")
    if "openid" not in scopes:
        yield gettext("Without the scope openid there is neither an ID token nor userinfo.")
    if client.access_token_format == TokenFormat.OPAQUE:
        yield gettext("Its access tokens are opaque: this is what introspection answers about one.")
