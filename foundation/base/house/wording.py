"""What may stand in a name of the house, and in its addresses."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from foundation.base.texts.legible import in_a_line
from foundation.base.texts.storable import is_storable


def validate_name(text: str) -> None:
    """Raise ValidationError for what people could not read as it is.

    That is unseen characters, line ends, and words of several scripts that pass for others.
    """
    if not is_storable(text) or in_a_line(text) != text:
        raise ValidationError(_("There are characters in it that nobody can see or tell apart."))
    if "<" in text or ">" in text:
        raise ValidationError(_("It cannot have < or > in it."))


def validate_plain_address(text: str) -> None:
    """Raise ValidationError for an address with letters that may pass for others."""
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValidationError(_("Write it without letters beyond a to z, as xn-- where needed."))
