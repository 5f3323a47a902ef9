"""A question as a form, in both directions: from fields to a request, and back."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from console.common.people import (
    applications_suggested,
    facts_of,
    find_person,
    may_see_people,
    people_suggested,
)
from console.workbench.question_fields import (
    GROUPS,
    PLACES,
    QuestionFields,
    actions_of,
    nothing_of,
    resource_types_of,
)
from foundation.directory.levels import known_levels
from foundation.directory.models import User
from policy.checking import is_time_zone
from policy.models import PolicySet
from scopeward_guard.vocabulary import (
    FACTS,
    Circumstances,
    MalformedError,
    Unknown,
    parse_evaluation,
)

LEFT_OPEN = Unknown("The form leaves it open.", others_may_say=True)
PARTS = {"subject": "properties", "resource": "properties", "context": None}


class QuestionForm(QuestionFields):
    """A question about the resources of one policy set. `prepare` says whose, and who asks."""

    may_see_people = False
    empty: Mapping[str, Mapping[str, Any]] = {}

    def prepare(self, policy_set: PolicySet | None, user: User | AnonymousUser) -> None:
        """Offer what the policy set's schema knows, and real people to those who may see them."""
        schema = policy_set.schema if policy_set else {}
        self.empty = nothing_of(schema)
        levels = [(level.value, level.in_words()) for level in known_levels()]
        for name, choices in (
            ("action", _pairs(actions_of(schema))),
            ("resource_type", _pairs(resource_types_of(schema))),
            ("acr", [("", _("not said")), *levels]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        zone = policy_set.timezone if policy_set else "UTC"
        self.fields["time"].zone = ZoneInfo(zone if is_time_zone(zone) else "UTC")  # type: ignore[attr-defined]
        self.may_see_people = may_see_people(user)
        if not self.may_see_people:
            del self.fields["person"]

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The fields as a page shows them."""
        return [
            (title, [self[name] for name in names if name in self.fields])
            for title, names in GROUPS
        ]

    @property
    def suggestions(self) -> dict[str, list[tuple[str, str]]]:
        """What browsers suggest while somebody types."""
        people = people_suggested() if self.may_see_people else []
        return {"people": people, "applications": applications_suggested()}

    def clean(self) -> dict[str, Any]:
        """Put the request together, as `evaluation`."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                cleaned["evaluation"] = self._evaluation(cleaned)
                parse_evaluation(cleaned["evaluation"])
            except MalformedError as error:
                raise ValidationError(_("This is not a question: %s.") % error) from error
        return cleaned

    def clean_person(self) -> Any:
        """Find the person whose facts are asked about."""
        said = self.cleaned_data["person"]
        return find_person(said) if said else None

    def clean_more(self) -> Any:
        """Take an object of objects."""
        said = self.cleaned_data["more"]
        inner = [_object(part).get("properties", {}) for part in said.values()]
        if not all(isinstance(part, dict) for part in [*said.values(), *inner]):
            raise ValidationError(_("Enter an object with subject, action, resource or context."))
        return said

    def _evaluation(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        more = cleaned.get("more") or {}
        request: dict[str, Any] = {
            "subject": {"type": cleaned["subject_type"], "id": cleaned["subject_id"] or "anybody"},
            "action": {**more.get("action", {}), "name": cleaned["action"]},
            "resource": {"type": cleaned["resource_type"], "id": cleaned["resource_id"] or "any"},
            "context": {},
        }
        for part in ("subject", "resource"):
            request[part]["properties"] = dict(more.get(part, {}).get("properties", {}))
        properties = request["resource"]["properties"]
        request["resource"]["properties"] = {**self.empty[cleaned["resource_type"]], **properties}
        for name, place in PLACES.items():
            value = cleaned.get(name)
            if value not in (None, "", [], False) or name == "scopes":
                _members(request, place.part)[place.member] = value
        told = {fact: request["context"].get(fact, LEFT_OPEN) for fact in FACTS}
        request["context"] = Circumstances(**told).as_context(more.get("context", {}))
        if person := cleaned.get("person"):
            facts = facts_of(person, cleaned["scopes"])
            request["subject"] = {"type": "user", "id": str(person.pk), "properties": facts}
        return request


def initial_of(evaluation: Any) -> dict[str, Any]:
    """Return what the fields show for a stored request; what no field shows is in `more`."""
    stored = _object(evaluation)
    request = {part: _object(stored.get(part)) for part in (*PARTS, "action")}
    for part in ("subject", "resource"):
        request[part]["properties"] = _object(request[part].get("properties"))
    initial: dict[str, Any] = {
        "subject_type": request["subject"].pop("type", "user"),
        "subject_id": request["subject"].pop("id", ""),
        "action": request["action"].pop("name", ""),
        "resource_type": request["resource"].pop("type", ""),
        "resource_id": request["resource"].pop("id", ""),
    }
    for name, place in PLACES.items():
        members = _members(request, place.part)
        if place.member in members and place.fits(members[place.member]):
            initial[name] = members.pop(place.member)
    initial["more"] = _without_empty(request)
    return initial


def _members(request: Mapping[str, Any], part: str) -> dict[str, Any]:
    inner = PARTS[part]
    members: dict[str, Any] = request[part][inner] if inner else request[part]
    return members


def _without_empty(request: Mapping[str, Any]) -> dict[str, Any]:
    left = {
        part: {name: value for name, value in members.items() if value not in ({}, None)}
        for part, members in request.items()
    }
    return {part: members for part, members in left.items() if members}


def _object(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _pairs(names: list[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in names]
