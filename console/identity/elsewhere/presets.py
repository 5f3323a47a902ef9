"""What the form of a new sign-in provider begins with, for providers that many have."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

PARAMETER = "preset"


class ProviderPreset(NamedTuple):
    """A kind of provider: what it is called, and what is filled in."""

    title: str
    values: Mapping[str, Any]


PRESETS: Mapping[str, ProviderPreset] = {
    "google": ProviderPreset(
        "Google",
        {
            "name": "Google",
            "slug": "google",
            "issuer": "https://accounts.google.com",
            # Of an organisation; a personal account has no hd.
            "required": [["hd", "example.com"]],
        },
    ),
    "entra": ProviderPreset(
        "Microsoft Entra",
        {
            "name": "Microsoft",
            "slug": "microsoft",
            # TENANT is to be replaced: it answers for no identifier that there is not.
            "issuer": "https://login.microsoftonline.com/TENANT/v2.0",
        },
    ),
    "scopeward": ProviderPreset(
        "Scopeward",
        {
            "name": "Scopeward",
            "slug": "scopeward",
            "levels": [[f"urn:scopeward:acr:{level}", str(level)] for level in (1, 2, 3)],
            "methods": "pwd otp hwk swk user",
        },
    ),
}


def values_of(name: str) -> dict[str, Any]:
    """Return what a preset fills in; nothing for one that there is not."""
    preset = PRESETS.get(name)
    return dict(preset.values) if preset is not None else {}


def links() -> SafeString:
    """Return a sentence with a link to each."""
    each = format_html_join(
        " · ",
        '<a class="underline" href="?{}={}">{}</a>',
        ((PARAMETER, name, preset.title) for name, preset in PRESETS.items()),
    )
    return format_html("{} {}", gettext("Fill in for:"), each)
