"""The fields of a question, and where each stands in an access evaluation request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldBooleanWidget

from console.workbench.widgets import MomentField, ObjectField, WordsField, choice, number, text
from scopeward_guard.cedar import default_schema
from scopeward_guard.cedar.authoring import LABELLED, Shape, shapes_of, type_name

Json = Mapping[str, Any]
TYPES: Mapping[str, Any] = {"words": list, "text": str, "number": int, "flag": bool}


UNKNOWN = Shape({})


@dataclass(frozen=True)
class FieldPlace:
    """Where a field stands: `subject`, `resource` or `context`, a member, and its kind."""

    part: str
    member: str
    kind: str

    def fits(self, value: Any) -> bool:
        """Whether a form field of this kind can show a stored value."""
        if self.kind == "words":
            return isinstance(value, list) and all(isinstance(entry, str) for entry in value)
        if self.kind == "number":
            return type(value) is int and value >= 0
        return isinstance(value, TYPES[self.kind])


PLACES: Mapping[str, FieldPlace] = {
    "roles": FieldPlace("subject", "roles", "words"),
    "department": FieldPlace("subject", "department", "text"),
    "projects": FieldPlace("subject", "projects", "words"),
    "clearance": FieldPlace("subject", "clearance", "number"),
    "tables": FieldPlace("resource", "tables", "words"),
    "columns": FieldPlace("resource", "columns", "words"),
    "needed": FieldPlace("resource", "scopes", "words"),
    "sensitivity": FieldPlace("resource", "sensitivity", "number"),
    "purpose": FieldPlace("resource", "purpose", "text"),
    "application": FieldPlace("context", "client_id", "text"),
    "scopes": FieldPlace("context", "scopes", "words"),
    "time": FieldPlace("context", "time", "number"),
    "address": FieldPlace("context", "address", "text"),
    "acr": FieldPlace("context", "acr", "text"),
    "authentication_age": FieldPlace("context", "authentication_age", "number"),
    "risk": FieldPlace("context", "risk", "number"),
    "session": FieldPlace("context", "session", "text"),
    "approved": FieldPlace("context", "approved", "flag"),
    "emergency": FieldPlace("context", "emergency", "flag"),
}
SESSIONS = [
    ("", _("not said")),
    ("active", _("active")),
    ("ended", _("ended")),
    ("unknown", _("unknown")),
]
GROUPS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        _("Who"),
        ("subject_type", "person", "subject_id", "roles", "department", "projects", "clearance"),
    ),
    (
        _("What"),
        (
            "action",
            "resource_type",
            "resource_id",
            "tables",
            "columns",
            "needed",
            "sensitivity",
            "purpose",
        ),
    ),
    (
        _("Under which circumstances"),
        (
            "application",
            "scopes",
            "time",
            "address",
            "acr",
            "authentication_age",
            "risk",
            "session",
            "approved",
            "emergency",
        ),
    ),
    (_("Anything else"), ("more",)),
)
"""How the fields are put together on a page."""


class QuestionFields(forms.Form):
    """Everything that can be said in a question, by names that people know."""

    subject_type = choice(
        _("Kind"), [("user", _("A person")), ("client", _("A program"))], required=True
    )
    person = text(
        _("With the facts of"),
        help_text=_(
            "Username, e-mail address or subject identifier. The facts are those of an access "
            "token with the scopes below, in place of what is typed here."
        ),
        attrs={"list": "people", "autocomplete": "off"},
    )
    subject_id = text(_("Subject identifier"))
    roles = WordsField(label=_("Roles"))
    department = text(_("Department"))
    projects = WordsField(label=_("Projects"))
    clearance = number(_("Clearance"), 99, help_text=_("As a number: the lowest level is 0."))
    action = choice(_("Action"), required=True)
    resource_type = choice(_("Kind of resource"), required=True)
    resource_id = text(
        _("Identifier"), help_text=_("The path of an endpoint, the key of a record.")
    )
    tables = WordsField(label=_("Tables"))
    columns = WordsField(
        label=_("Columns"), rows=3, help_text=_("Such as hr.employees.salary, one a line.")
    )
    needed = WordsField(label=_("Scopes that it takes"))
    sensitivity = number(
        _("Sensitivity"), 99, help_text=_("The catalogue's label counts too, if it is higher.")
    )
    purpose = text(_("Purpose"))
    application = text(_("Application"), attrs={"list": "applications", "autocomplete": "off"})
    scopes = WordsField(label=_("Scopes of the token"))
    time = MomentField(label=_("At"))
    address = text(_("From the address"))
    acr = choice(_("Sign-in level (acr)"))
    authentication_age = number(_("Seconds since the sign-in"))
    risk = number(_("Risk (0 to 100)"), 100)
    session = choice(_("Session"), SESSIONS)
    approved = forms.BooleanField(label=_("Approved"), required=False, widget=UnfoldBooleanWidget())
    emergency = forms.BooleanField(
        label=_("Emergency"), required=False, widget=UnfoldBooleanWidget()
    )
    more = ObjectField(
        label=_("Other members"),
        rows=4,
        help_text=_("JSON, as an access evaluation request (AuthZEN 1.0 §6.1)."),
    )


def actions_of(schema: Json) -> list[str]:
    """Return the actions that a schema knows, in its order; of the shipped one if it is empty."""
    return list(shapes_of(schema or default_schema()).contexts)


def resource_types_of(schema: Json) -> list[str]:
    """Return the types of resources of those actions, in the same order, as AuthZEN writes them."""
    actions = (schema or default_schema())[""]["actions"].values()
    names = dict.fromkeys(
        name for action in actions for name in action.get("appliesTo", {}).get("resourceTypes", ())
    )
    return [
        "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).strip("_")
        for name in names
    ]


def nothing_of(schema: Json) -> dict[str, dict[str, Any]]:
    """Return, by type of resource, the lists that have to be said even where they are empty."""
    entities = shapes_of(schema or default_schema()).entities
    return {
        name: {
            member: []
            for member, kind in entities.get(type_name(name), UNKNOWN).kinds.items()
            if kind == "Texts" and member not in LABELLED
        }
        for name in resource_types_of(schema)
    }
