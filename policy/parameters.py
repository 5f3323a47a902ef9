"""What may be chosen of a policy in the gallery, and how a choice becomes Cedar.

A value is written into policy text, so it is checked by its kind first: nothing that is typed into
a form can end a string or begin a policy.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext as _

Value = str | int
NAME = re.compile(r"[\w.:@/+-]{1,100}")
COLUMN = re.compile(r"(?:[A-Za-z_]\w{0,62}\.){1,3}[A-Za-z_]\w{0,62}")
MASKED = re.compile(rf"{COLUMN.pattern} [a-z0-9_]{{1,20}}")


@dataclass(frozen=True)
class Parameter:
    """One choice. `default` is what is suggested, `title` says in words what it is."""

    name: str
    kind: str
    title: str
    default: Value
    de: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The title in the language of the page."""
        return self.de.get("title", self.title) if get_language() == "de" else self.title

    @property
    def is_number(self) -> bool:
        """Whether a number is asked for."""
        return self.kind in RANGES

    def literal(self, value: Value) -> str:
        """Return the Cedar text for a value; raises ValidationError for one it does not take."""
        if self.kind in RANGES:
            return _number(value, *RANGES[self.kind])
        return KINDS[self.kind](str(value).strip())


def _number(value: Any, least: int, most: int) -> str:
    text = str(value).strip()
    if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
        raise ValidationError(
            _("Enter a number from %(least)d to %(most)d.") % {"least": least, "most": most}
        )
    return str(int(text))


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise ValidationError(_("Enter a name of letters, digits and . : @ / + - _"))
    return json.dumps(text, ensure_ascii=False)


def _networks(text: str) -> str:
    tests = []
    for part in re.split(r"[\s,;]+", text):
        try:
            network = ip_network(part)
        except ValueError as error:
            raise ValidationError(
                _("Enter networks such as 10.0.0.0/8 or 2001:db8::/32, separated by spaces.")
            ) from error
        tests.append(f'context.address.isInRange(ip("{network}"))')
    return " || ".join(tests)


def _column(text: str) -> str:
    if not COLUMN.fullmatch(text):
        raise ValidationError(_("Enter a column with its table, such as finance.payments.project."))
    return text


def _masks(text: str) -> str:
    parts = [" ".join(part.split()) for part in text.split(";")]
    if not all(MASKED.fullmatch(part) for part in parts):
        raise ValidationError(
            _("Enter columns with their masks, such as: hr.staff.iban last4; hr.staff.name null")
        )
    return "; ".join(parts)


RANGES: Mapping[str, tuple[int, int]] = {
    "hour": (0, 24),
    "weekday": (1, 7),
    "level": (0, 99),
    "percent": (0, 100),
    "seconds": (0, 31_536_000),
}
KINDS: Mapping[str, Callable[[str], str]] = {
    "name": _name,
    "networks": _networks,
    "column": _column,
    "masks": _masks,
}
