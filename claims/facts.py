"""The facts about a person as policy asks for them, whatever anybody was shown of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from claims.mappings.mapping import mapped_claims
from claims.names.standard import SCOPE_CLAIMS
from claims.names.structures import announced, put_together
from claims.release import Release, released
from claims.subject import Subject
from claims.targets import Target
from scopeward_guard.vocabulary import Entity


def facts_of(subject: Subject) -> dict[str, Any]:
    """Return every claim that an access token about this person could have, as it would have it."""
    scopes = {*SCOPE_CLAIMS, *(claim.scope for claim in mapped_claims())}
    found = released(Target.ACCESS_TOKEN, subject, Release(scopes))
    return {"sub": subject.id, **put_together(found)}


def entity_of(subject: Subject) -> Entity:
    """Return a person as the subject of a policy question, with every fact."""
    return Entity(type="user", id=subject.id, properties=facts_of(subject))


def facts_named(subject: Subject, names: Collection[str]) -> dict[str, Any]:
    """Return those facts about a person that have one of the names."""
    return {name: value for name, value in facts_of(subject).items() if name in names}


def scopes_by_fact() -> Mapping[str, tuple[str, ...]]:
    """Return, for each claim of access tokens, the scopes that release it. Warm: no statement."""
    found: dict[str, set[str]] = defaultdict(set)
    for mapped in mapped_claims():
        # One with a place in its name is none that anybody could ask for as it stands.
        if Target.ACCESS_TOKEN in mapped.targets and "{" not in mapped.scope:
            found[announced(mapped.claim)].add(mapped.scope)
    return {name: tuple(sorted(scopes)) for name, scopes in sorted(found.items())}
