"""Single claims inside a scope: which a person may leave out, and which were left out.

A scope that the application cannot work without is given whole, and so are claims that the
application asks for as essential (OIDC Core §5.5.1): they are stated, without a box.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from claims.contents import ShownClaim, claims_of, shown_claims
from claims.subject import Subject
from claims.targets import FOR_THE_CLIENT
from consent.asking.prompts import ConsentQuestions, ScopeQuestion
from consent.consent_question import ConsentQuestion

Withheld = Mapping[str, Collection[str]]
"""`{scope: claims}` that a person left out."""


@dataclass(frozen=True)
class ClaimChoice:
    """One claim with its value, in words; `locked` when there is no choice."""

    scope: str
    claim: str
    label: str
    text: str
    ticked: bool
    locked: bool

    @property
    def value(self) -> str:
        """What the form sends: neither part has a space (RFC 6749 §3.3)."""
        return f"{self.scope} {self.claim}"


def essential_claims(requested_claims: Mapping[str, Any]) -> frozenset[str]:
    """Return the claims that a `claims` parameter asks for as essential, for either target."""
    asked = [requested_claims.get(target) for target in FOR_THE_CLIENT]
    return frozenset(
        claim
        for members in asked
        if isinstance(members, Mapping)
        for claim, wish in members.items()
        if isinstance(wish, Mapping) and wish.get("essential") is True
    )


def claim_choices(
    question: ScopeQuestion, shown: Sequence[ShownClaim], essential: frozenset[str]
) -> tuple[ClaimChoice, ...]:
    """Return the claims of a scope one by one; none where the scope is the only choice there is.

    `shown` are all that it releases about the person.
    """
    names = {found.claim for found in shown}
    if question.entry.is_required or (len(shown) < 2 and names.isdisjoint(question.withheld)):
        return ()
    return tuple(
        ClaimChoice(
            scope=question.entry.name,
            claim=found.claim,
            label=found.label,
            text=found.text,
            ticked=found.claim not in question.withheld,
            locked=not essential.isdisjoint(_with_companion(found.claim)),
        )
        for found in shown
    )


def left_out(
    asked: ConsentQuestion, questions: ConsentQuestions, subject: Subject, ticked: Collection[str]
) -> dict[str, list[str]]:
    """Return the claims without a tick, by scope; `ticked` are the values the form sent.

    What was left out before and had no value to be shown now stays left out.
    """
    essential = essential_claims(asked.requested_claims)
    found = {}
    for question in questions.asked:
        shown_of_it = shown_claims(subject, question.entry.template)
        choices = claim_choices(question, shown_of_it, essential)
        shown = _with_companions(choice.claim for choice in choices)
        boxes = (choice for choice in choices if not choice.locked)
        unticked = {choice.claim for choice in boxes if choice.value not in ticked}
        found[question.entry.name] = sorted(unticked | (question.withheld - shown))
    return found


def withholdable(question: ScopeQuestion, withheld: Withheld) -> tuple[str, ...]:
    """Return what is left out of one scope, together with what says that it is verified.

    Only claims that the scope releases count, and a required scope is given whole.
    """
    if question.entry.is_required:
        return ()
    left = _with_companions(withheld.get(question.entry.name, ()))
    return tuple(name for name in claims_of(question.entry.template) if name in left)


def _with_companions(names: Iterable[str]) -> frozenset[str]:
    return frozenset(part for name in names for part in _with_companion(name))


def _with_companion(claim: str) -> frozenset[str]:
    """OIDC Core §5.1: `email` and `email_verified` say one thing, and so do the phone's."""
    base = claim.removesuffix("_verified")
    return frozenset({base, f"{base}_verified"})
