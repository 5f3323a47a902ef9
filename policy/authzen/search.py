"""Search (AuthZEN 1.0 §8): for whom, for what, to do what would the answer be yes.

Subjects are searched among the active people here, resources among the names in the catalogue of
labels, actions among those of the schema. What there is no list of has no results. Nobody acts on
an answer, so none is logged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from claims.facts import facts_of
from claims.holders import subjects
from foundation.directory.models import User
from foundation.directory.models.ends import let_in
from policy.authzen.evaluation import known_subject, read
from policy.selectors import policy_for
from scopeward_guard.cedar import CedarPolicy
from scopeward_guard.vocabulary import Action, Entity, Evaluation, MalformedError

PAGE = 100
"""Candidates looked at for one page."""
ANY = "-"
"""Stands where the request leaves out what is searched for."""
ANYTHING = "*"


@dataclass(frozen=True)
class Page:
    """What was found among the candidates of one page; `next_token` is empty after the last."""

    results: list[dict[str, Any]]
    next_token: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the body of a search response."""
        return {"results": self.results, "page": {"next_token": self.next_token}}


def find_subjects(audience: str, body: Mapping[str, Any]) -> Page:
    """§8.4: the people who may. Raises `MalformedError`. Two statements."""
    question, policy = _question(body, "subject"), policy_for(audience)
    if policy is None or question.subject.type != "user":
        return Page([])
    people = User.objects.filter(let_in(), pk__gt=_after(body)).order_by("pk")
    keys = list(people.values_list("pk", flat=True)[: PAGE + 1])
    known = subjects(keys[:PAGE])
    found = []
    for key in keys[:PAGE]:
        if key not in known:  # no longer active since the statement before
            continue
        subject = Entity(type="user", id=str(key), properties=facts_of(known[key]))
        if policy.permits(replace(question, subject=subject)):
            found.append({"type": "user", "id": subject.id})
    return Page(found, str(keys[PAGE - 1]) if len(keys) > PAGE else "")


def find_resources(audience: str, body: Mapping[str, Any]) -> Page:
    """§8.5: what of the catalogue it may be done to. Raises `MalformedError`."""
    question, policy = _question(body, "resource"), policy_for(audience)
    subject = known_subject(question.subject)
    if policy is None or subject is None:
        return Page([])
    question = replace(question, subject=subject)
    after = _token(body)
    names = [name for name in _names(policy) if name > after]
    found = [
        {"type": question.resource.type, "id": name}
        for name in names[:PAGE]
        if policy.permits(replace(question, resource=replace(question.resource, id=name)))
    ]
    return Page(found, names[PAGE - 1] if len(names) > PAGE else "")


def find_actions(audience: str, body: Mapping[str, Any]) -> Page:
    """§8.6: what may be done to it. Raises `MalformedError`."""
    question, policy = _question(body, "action"), policy_for(audience)
    subject = known_subject(question.subject)
    if policy is None or subject is None:
        return Page([])
    asked = replace(question, subject=subject)
    return Page([{"name": name} for name in _permitted_actions(policy, asked)])


def _permitted_actions(policy: CedarPolicy, question: Evaluation) -> Iterator[str]:
    for name in sorted(policy.document.schema[""]["actions"]):
        if policy.permits(replace(question, action=Action(name=name))):
            yield name


def _names(policy: CedarPolicy) -> list[str]:
    return sorted(
        {label.pattern for label in policy.document.labels if ANYTHING not in label.pattern}
    )


def _question(body: Mapping[str, Any], missing: str) -> Evaluation:
    """Return the question with a stand-in for what is searched; its `id` is ignored (§8)."""
    given = body.get(missing, {})
    if not isinstance(given, dict):
        raise MalformedError(f"{missing} is an object")
    stand_in = {"name": ANY} if missing == "action" else {**given, "id": ANY}
    return read({**body, missing: stand_in})


def _token(body: Mapping[str, Any]) -> str:
    """§8.2: a request for a further page repeats the token it was given."""
    page = body.get("page", {})
    token = (page.get("token") or page.get("next_token") or "") if isinstance(page, dict) else None
    if not isinstance(token, str):
        raise MalformedError("page.token is a string")
    return token


def _after(body: Mapping[str, Any]) -> UUID:
    try:
        return UUID(_token(body) or str(UUID(int=0)))
    except ValueError as error:
        raise MalformedError("page.token is none of ours") from error
