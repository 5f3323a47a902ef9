"""One form for each name that people are called by, so that no two spellings are two people."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.base.texts.storable import storable

LONGEST = 150
# What is letters to a regular expression and nothing to the eye (Default_Ignorable_Code_Point).
UNSEEN_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")
# No @: so no user name can ever be somebody's e-mail address, whoever confirms which one when.
_characters = RegexValidator(
    r"^[\w.+-]+\Z", _("Letters, digits and . + - _ only. The e-mail address works by itself.")
)


def canonical_name(text: str) -> str:
    """Return what a user name is compared by.

    RFC 8265 §3.3 with compatibility forms taken together (NFKC) and full case folding: ß is SS.
    """
    folded = _nfkc(_nfkc(text).casefold())
    return _nfkc(folded.casefold()).strip()


def canonical_address(text: str) -> str:
    """Return an e-mail address as it is stored and compared: NFKC, in lower case.

    Not case folded: mail is sent to it.
    """
    return _nfkc(_nfkc(text).lower()).strip()


def canonical_password(text: str) -> str:
    """Return a password as it is digested: NFKC (NIST SP 800-63B-4 §3.1.1.2)."""
    return unicodedata.normalize("NFKC", text)


def validate_name(text: str) -> None:
    """Raise `ValidationError` for what cannot be a user name."""
    _characters(_nfkc(text))
    if UNSEEN_LETTERS & set(_nfkc(text)):
        raise ValidationError(_("There are letters in it that nobody can see."))
    if len(canonical_name(text)) > LONGEST:
        raise ValidationError(_("It is too long."))


def person_called(said: str) -> Q:
    """Return the condition for people with this user name or main e-mail address."""
    return Q(username_key=canonical_name(said)) | Q(email=canonical_address(said))


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", storable(text))
