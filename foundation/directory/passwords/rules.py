"""Which passwords are taken (NIST SP 800-63B-4 §3.1.1.2): long ones that nobody would guess.

No rule says of which characters they are made, and none how long they may be at most. What is
looked at is the one form in which they are digested.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, ngettext

from foundation.base import conf
from foundation.base.house.in_use import house
from foundation.base.texts.canonical_names import canonical_password
from foundation.directory.passwords.breached import UnusableListError, is_breached

log = structlog.get_logger(__name__)
SERVICE = "scopeward"
SHORTEST_WORD = 3
"""Letters; a shorter word of the context is in every other sentence."""
LEAST_BESIDE = 8
"""Characters that have to be left when words of the context are taken out."""
NAMING = ("username", "email", "name", "given_name", "family_name", "nickname")
"""What of a person is known to others."""


class LongEnough:
    """At least so long as the operator says; by the standard 15 where it may stand alone."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` for a shorter one."""
        if len(canonical_password(password)) < (least := conf.current().password_length):
            raise ValidationError(_text(least), code="password_too_short")

    def get_help_text(self) -> str:
        """Return the rule."""
        return _text(conf.current().password_length)


class NotKnown:
    """None of the twenty thousand that come first in every attack, nor one repeated.

    And none of the operator's list of those that were found in breaches, where there is one.
    """

    def __init__(self) -> None:
        self._common = CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` for what is common."""
        typed = canonical_password(password).casefold().strip()
        unit = _unit(typed)
        repeats = unit != typed and (len(unit) < LEAST_BESIDE or unit in self._common)
        if typed in self._common or repeats:
            raise ValidationError(
                _("This password is too easy to guess."), code="password_too_common"
            )
        if _is_breached(password):
            raise ValidationError(
                _("This password has been found in a breach of another service. Choose another."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        """Return the rule."""
        return _("None that many people use or that was found in a breach.")


class NotOfTheContext:
    """Not made of the person's names, or of the name of this service."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` when little is left besides."""
        left = typed = canonical_password(password).casefold()
        for word in sorted(set(_words(user)), key=len, reverse=True):
            left = left.replace(word, "")
        if left != typed and len(re.sub(r"[\W_]", "", left)) < LEAST_BESIDE:
            raise ValidationError(
                _("This password is made of your name or of the name of this service."),
                code="password_of_context",
            )

    def get_help_text(self) -> str:
        """Return the rule."""
        return _("Not made of your name or the name of this service.")


def _is_breached(password: str) -> bool:
    path = conf.current().breached_passwords
    if not path:
        return False
    try:
        return is_breached(canonical_password(password), Path(path))
    except (OSError, UnusableListError) as error:
        log.exception("breached_passwords_unusable")
        raise ValidationError(
            _("Passwords cannot be checked at the moment. Try again later."),
            code="password_not_checked",
        ) from error


def _text(least: int) -> str:
    return ngettext(
        "At least %(least)d character. Several words are easier to remember than one with signs.",
        "At least %(least)d characters. Several words are easier to remember than one with signs.",
        least,
    ) % {"least": least}


def _unit(text: str) -> str:
    """Return the shortest text that repeated makes this one."""
    return text[: (text + text).find(text, 1)] if text else text


def _words(person: Any) -> Iterator[str]:
    host = urlsplit(conf.current().issuer).hostname or ""
    said = [SERVICE, house().name, *host.split(".")]
    said += [str(getattr(person, each, "") or "") for each in NAMING]
    for text in map(str.casefold, map(canonical_password, said)):
        yield from (word for word in re.split(r"[\W_]+", text) if len(word) >= SHORTEST_WORD)
