"""The form of name and looks: colours are told how well they can be read, logos are drawings."""

import base64
import binascii
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
    UnfoldBooleanWidget,
)

from foundation.base.house.colours import DARK, LIGHT, Scheme, figures, nearest
from foundation.base.house.in_use import HouseInUse, house_of
from foundation.base.house.models import House, hexadecimal
from foundation.base.house.pictures import LARGEST, Picture, checked, stored

LOGOS = {"logo_light": _("Logo on light"), "logo_dark": _("Logo on dark")}
ACCENTS: dict[str, Scheme] = {"accent_light": LIGHT, "accent_dark": DARK}
PAGES = ("imprint_uri", "privacy_uri", "terms_uri")
CHOSEN, REMOVED, SENT = "chosen_{}", "remove_{}", "upload_{}"


class ColourField(forms.CharField):
    """A colour, in small letters."""

    default_validators = [hexadecimal]

    def to_python(self, value: Any) -> str:
        """Return it as it is compared."""
        return str(super().to_python(value)).lower()


class HouseForm(forms.ModelForm):  # type: ignore[type-arg]
    """Of one row. A logo that was sent for a preview goes along until it is saved."""

    class Meta:
        model = House
        fields = (
            "product_name",
            "logo_says_name",
            "accent_light",
            "accent_dark",
            "support_address",
            *PAGES,
        )
        field_classes: ClassVar = {
            **dict.fromkeys(ACCENTS, ColourField),
            **dict.fromkeys(PAGES, forms.CharField),
        }
        widgets: ClassVar = {
            "product_name": UnfoldAdminTextInputWidget(attrs={"placeholder": "Scopeward"}),
            "logo_says_name": UnfoldBooleanWidget,
            "accent_light": UnfoldAdminTextInputWidget(attrs={"placeholder": "#0b5c62"}),
            "accent_dark": UnfoldAdminTextInputWidget(attrs={"placeholder": "#7ad3cf"}),
            "support_address": UnfoldAdminEmailInputWidget,
            **dict.fromkeys(PAGES, UnfoldAdminURLInputWidget),
        }
        help_texts: ClassVar = {
            "product_name": _(
                "On every page, in every mail, in authenticator apps and beside passkeys."
            ),
            "logo_says_name": _("Then the name does not stand beside it again."),
            "accent_light": _("Of buttons, links and the focus. Empty: made from the other one."),
            "accent_dark": _("The same on dark. Empty: made from the other one."),
            "support_address": _("At the foot of every page, and where answers to mails go."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pictures: dict[str, Picture] = {}
        """What the row would show, by its digest."""
        self.too_faint: dict[str, str] = {}
        """Colours that cannot be read, by their column."""
        accept = {"accept": ".png,.svg,image/png,image/svg+xml"}
        help_text = _("PNG or SVG, %(size)d KB at most.") % {"size": LARGEST // 1024}
        for column, label in LOGOS.items():
            self.fields[SENT.format(column)] = forms.FileField(
                label=label,
                required=False,
                allow_empty_file=True,
                widget=forms.FileInput(attrs=accept),
                help_text=help_text,
            )
            self.fields[CHOSEN.format(column)] = forms.CharField(
                required=False, widget=forms.HiddenInput
            )
            self.fields[REMOVED.format(column)] = forms.BooleanField(
                label=_("Without this logo"), required=False, widget=UnfoldBooleanWidget
            )

        logos = [name.format(column) for column in LOGOS for name in (SENT, CHOSEN, REMOVED)]
        self.order_fields(["product_name", *logos])

    def clean(self) -> dict[str, Any]:
        """Hold the colours against what they are used with, and look into the logos."""
        cleaned: dict[str, Any] = super().clean() or {}
        for column, scheme in ACCENTS.items():
            accent = cleaned.get(column)
            if accent and not figures(accent, scheme).pass_all:
                self.too_faint[column] = accent
                self.add_error(column, _too_faint(accent, scheme))
        for column in LOGOS:
            try:
                self._take_logo(column, cleaned)
            except ValidationError as error:
                self.add_error(SENT.format(column), error)
        return cleaned

    def looks(self) -> HouseInUse:
        """Return the house as it would be, as far as what was said is right."""
        row = self.instance
        if self.is_bound:
            row = House(**{each: self.cleaned_data.get(each, "") for each in self.Meta.fields})
            row.logo_says_name = bool(row.logo_says_name)
            for column, accent in self.too_faint.items():
                setattr(row, column, nearest(accent, ACCENTS[column]))
            row.logo_light, row.logo_dark = self.instance.logo_light, self.instance.logo_dark
        return house_of(row, self.pictures or stored(row.logo_light, row.logo_dark))

    def _take_logo(self, column: str, cleaned: dict[str, Any]) -> None:
        """Put the digest of a logo into the row; raises ValidationError."""
        sent = cleaned.get(SENT.format(column))
        chosen = cleaned.get(CHOSEN.format(column), "")
        picture = None
        if isinstance(sent, UploadedFile):
            picture = checked(sent.read(LARGEST + 1))
        elif cleaned.get(REMOVED.format(column)):
            setattr(self.instance, column, "")
            return
        elif chosen:
            picture = checked(_decoded(chosen))
        else:
            picture = stored(getattr(self.instance, column)).get(getattr(self.instance, column))
        if picture is not None:
            self.pictures[picture.digest] = picture
            setattr(self.instance, column, picture.digest)
            if sent or chosen:
                encoded = base64.b64encode(picture.content).decode()
                self.data = {**dict(self.data.items()), CHOSEN.format(column): encoded}


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _too_faint(accent: str, scheme: Scheme) -> ValidationError:
    found = figures(accent, scheme)
    return ValidationError(
        _(
            "It cannot be read well enough: %(button).1f on a button, %(link).1f as a link, "
            "%(tint).1f on a tint; 4.5 is needed. The nearest that can is %(nearest)s."
        ),
        params={
            "button": found.button,
            "link": found.link,
            "tint": found.tint,
            "nearest": nearest(accent, scheme),
        },
    )
