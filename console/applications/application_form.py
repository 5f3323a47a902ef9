"""The form for applications: the rules of `idp.clients.metadata`, with fields in words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from django.utils.translation import gettext, gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from claims.catalogue.details import all_types
from claims.catalogue.scopes import all_scopes
from console.common.fields import LinesField, OptionalJsonField
from console.common.levels import LevelsChosen
from foundation.directory.models import Client
from foundation.directory.models.client_choices import GrantType
from foundation.directory.redirects import origin_of
from foundation.directory.upstream.selectors import offered
from idp.clients.metadata import ClientMetadata
from idp.clients.services import check_metadata

TEXTS = (
    "token_endpoint_auth_method",
    "only_auth_method",
    "token_endpoint_auth_signing_alg",
    "jwks",
    "jwks_uri",
    "code_protection",
    "require_pushed_authorization_requests",
    "dpop_bound_access_tokens",
    "resource_server",
    "access_token_format",
    "id_token_signed_response_alg",
    "claims_in_id_token",
    "access_token_signed_response_alg",
    "access_token_typ",
    "access_token_claims",
    "backchannel_token_delivery_mode",
    "backchannel_client_notification_endpoint",
    "may_ask_for_itself",
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "purpose",
)
LISTS = (
    "redirect_uris",
    "post_logout_redirect_uris",
    "grant_types",
    "resources",
    "authorization_details_types",
)
SPACE_SEPARATED = ("redirect_uris", "post_logout_redirect_uris", "allowed_origins", "scope")


class ApplicationForm(LevelsChosen):
    """An application; `metadata` is what was entered, once the form is valid."""

    metadata: ClientMetadata

    redirect_uris = LinesField(
        label=_("Redirect URIs"),
        required=False,
        help_text=_("Where people are sent back to, one a line, compared character for character."),
    )
    post_logout_redirect_uris = LinesField(
        label=_("Redirect URIs after sign-out"), required=False, rows=2
    )
    allowed_origins = LinesField(
        label=_("Other web origins"),
        required=False,
        rows=2,
        help_text=_("Pages that may call us from a browser, besides those of the redirect URIs."),
    )
    grant_types = forms.MultipleChoiceField(
        label=_("Grant types"),
        required=False,
        choices=GrantType.choices,
        initial=[GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    scope = forms.MultipleChoiceField(
        label=_("Scopes"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    authorization_details_types = forms.MultipleChoiceField(
        label=_("Authorization details"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("What it may ask people to approve one by one (RFC 9396)."),
    )
    upstreams = forms.MultipleChoiceField(
        label=_("Sign-in providers that count"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Where only some count; with none chosen, none does."),
    )
    resources = LinesField(
        label=_("Resource servers"),
        required=False,
        rows=2,
        help_text=_("Audiences it may ask access tokens for (RFC 8707), one a line."),
    )
    jwks = OptionalJsonField(label=_("public keys (JWKS)"), required=False)
    contacts = LinesField(
        label=_("Contacts"), required=False, rows=2, help_text=_("E-mail addresses, one a line.")
    )

    class Meta:
        model = Client
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "name" in self.fields:
            self.fields["name"].required = True
        if "scope" in self.fields:
            self.fields["scope"].choices = [  # type: ignore[attr-defined]
                (scope.name, f"{scope.name} – {scope.title}") for scope in all_scopes().values()
            ]
        if "authorization_details_types" in self.fields:
            self.fields["authorization_details_types"].choices = [  # type: ignore[attr-defined]
                (name, f"{entry.title} – {name}") for name, entry in all_types().items()
            ]
        if "upstreams" in self.fields:
            chosen = [(slug, slug) for slug in self.instance.upstreams]
            known = [(each.slug, each.name) for each in offered()]
            self.fields["upstreams"].choices = list(dict([*chosen, *known]).items())  # type: ignore[attr-defined]
        for name in SPACE_SEPARATED:
            self.initial[name] = getattr(self.instance, name).split()

    def clean_allowed_origins(self) -> str:
        """Return the origins separated by spaces, as they are stored."""
        origins: list[str] = self.cleaned_data["allowed_origins"]
        for origin in origins:
            if not _is_web_origin(origin):
                raise ValidationError(
                    gettext("%r is not an origin such as https://app.example.org.") % origin
                )
        return " ".join(origins)

    def clean(self) -> dict[str, Any]:
        """Check what was entered against the rules for all clients."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        entered: dict[str, Any] = {name: cleaned[name] for name in TEXTS if name in cleaned}
        entered |= {name: tuple(cleaned[name]) for name in LISTS if name in cleaned}
        self.metadata = ClientMetadata(
            client_name=cleaned.get("name", ""),
            scope=" ".join(cleaned.get("scope", [])),
            **entered,
        )
        try:
            check_metadata(self.metadata)
        except ValidationError as error:
            for field, problems in error.error_dict.items():
                name = "name" if field == "client_name" else field
                if name not in self.errors:
                    self.add_error(name, problems)
        return cleaned

    def _post_clean(self) -> None:
        """Take over the values; the engine's own rules refuse what those above allow."""
        self.instance = construct_instance(self, self.instance, self._meta.fields, LISTS)


def _is_web_origin(value: str) -> bool:
    try:
        return value.startswith(("https://", "http://")) and origin_of(value) == value
    except ValueError:
        return False
