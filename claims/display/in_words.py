"""Released claims in words: what a person is shown before agreeing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _

from claims.attributes import Definition
from claims.mappings.mapping import mapped_claims
from claims.models import AttributeKind
from claims.names.standard import ADDRESS_MEMBERS, SCOPE_CLAIMS
from claims.release import releases
from claims.subject import Subject
from foundation.base.texts.legible import in_a_line

LABELS: Mapping[str, Any] = {
    "name": _("Name"),
    "family_name": _("Family name"),
    "given_name": _("Given name"),
    "middle_name": _("Middle name"),
    "nickname": _("Nickname"),
    "preferred_username": _("Username"),
    "profile": _("Profile page"),
    "picture": _("Picture"),
    "website": _("Website"),
    "gender": _("Gender"),
    "birthdate": _("Birth date"),
    "zoneinfo": _("Time zone"),
    "locale": _("Language"),
    "updated_at": _("Last changed"),
    "email": _("E-mail address"),
    "address": _("Postal address"),
    "phone_number": _("Phone number"),
}


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """One claim of a person in words."""

    claim: str
    label: str
    text: str


def released_values(subject: Subject, scope: str) -> list[tuple[str, str]]:
    """Return what a scope releases about a person, as (label, value) in the active language."""
    return [(shown.label, shown.text) for shown in shown_claims(subject, scope)]


def label_of(claim: str) -> str:
    """Return what a claim is called in the active language; its name when nobody has named it.

    Claims of one scope that are called alike, such as two of one attribute, are told apart by their
    names.
    """
    if claim in LABELS:
        return str(LABELS[claim])
    mine = next((mapped for mapped in mapped_claims() if mapped.claim == claim), None)
    if mine is None:
        return gettext(claim)
    title = gettext(mine.definition.title)
    beside = (mapped for mapped in mapped_claims() if mapped.scope == mine.scope)
    others = {gettext(mapped.definition.title) for mapped in beside if mapped.claim != claim}
    others |= {str(LABELS[name]) for name in SCOPE_CLAIMS.get(mine.scope, ()) if name in LABELS}
    return f"{title} ({claim})" if title in others else title


def labels_of(claims: Iterable[str]) -> tuple[str, ...]:
    """Return the names of claims; what only says that another is verified is left out."""
    names = list(claims)
    return tuple(
        label_of(name)
        for name in names
        if name.removesuffix("_verified") not in names or not name.endswith("_verified")
    )


def shown_claims(subject: Subject, scope: str) -> list[ShownClaim]:
    """Return the claims that a scope releases about a person, in the active language.

    Whether an address is verified is said beside the address, not as a value of its own.
    """
    found = {source.claim: value for source, value in releases(subject, {scope})}
    definitions = {mapped.claim: mapped.definition for mapped in mapped_claims()}
    shown = []
    for claim, value in found.items():
        if claim in LABELS:
            text = _standard(claim, value, found)
            shown.append(ShownClaim(claim, label_of(claim), in_a_line(text)))
        elif claim in definitions:
            text = _mapped(definitions[claim], value)
            shown.append(ShownClaim(claim, label_of(claim), in_a_line(text)))
    return shown


def _standard(claim: str, value: Any, found: Mapping[str, Any]) -> str:
    text = _FORMATS.get(claim, str)(value)
    if found.get(f"{claim}_verified"):
        return gettext("%(value)s (verified)") % {"value": text}
    return text


def _address(value: Mapping[str, str]) -> str:
    """Return one line: as formatted by whoever recorded it, else the parts."""
    if "formatted" in value:
        return ", ".join(line.strip() for line in value["formatted"].splitlines() if line.strip())
    return ", ".join(value[member] for member in ADDRESS_MEMBERS if member in value)


def _date(seconds: int) -> str:
    return date_format(datetime.fromtimestamp(seconds, tz=UTC), "DATE_FORMAT")


_FORMATS: Mapping[str, Callable[[Any], str]] = {"address": _address, "updated_at": _date}


def _mapped(definition: Definition, value: Any) -> str:
    if definition.kind == AttributeKind.LIST:
        return ", ".join(value)
    if definition.kind == AttributeKind.FLAG:
        return gettext("yes") if value else gettext("no")
    if definition.kind == AttributeKind.LEVEL:
        return f"{definition.levels[value]} ({value})"
    return str(value)
