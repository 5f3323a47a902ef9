"""The facts about a person as policy asks for them, whatever anybody was shown of them."""

from typing import Any

from claims.mapping import mapped_claims
from claims.release import released
from claims.standard import SCOPE_CLAIMS
from claims.subject import Subject
from claims.targets import Target


def facts_of(subject: Subject) -> dict[str, Any]:
    """Return every claim that an access token about this person could have."""
    scopes = {*SCOPE_CLAIMS, *(claim.scope for claim in mapped_claims())}
    return {"sub": subject.id, **released(Target.ACCESS_TOKEN, subject, scopes, {}, ())}
