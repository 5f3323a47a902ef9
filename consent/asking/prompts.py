"""A reason for every prompt: what has to be asked, and what the person has decided already.

The same answer draws the consent screen, tells whether `prompt=none` can succeed, and names the
scopes that may be released without another question (OIDC Core §3.1.2.4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from claims.catalogue import assurance
from claims.catalogue.scopes import CatalogueEntry
from consent.approvals.answering.asking import DetailQuestion, questions_about
from consent.asking.caution import Caution, cautions
from consent.asking.fingerprint import fingerprint
from consent.asking.question import ScopeQuestion
from consent.asking.single_questions import asked_singly
from consent.asking.states import ScopeState, must_be_asked, state_of
from consent.consent_question import ConsentQuestion
from consent.grants.of_request import ReadBefore, decisions_before, grant_of
from consent.models import Grant, ScopeDecision

__all__ = ["ConsentQuestions", "ScopeQuestion", "ScopeState", "questions"]


@dataclass(frozen=True)
class ConsentQuestions:
    """Everything that one consent request is about."""

    implicit: tuple[CatalogueEntry, ...]
    items: tuple[ScopeQuestion, ...]
    """The other scopes, in catalogue order, and claims that are asked for without their scope."""
    grant: Grant | None
    """The standing grant that this is about."""
    reopened: bool
    cautions: tuple[Caution, ...] = ()
    beyond_reach: tuple[CatalogueEntry, ...] = ()
    """What the sign-in is too weak for: neither asked nor granted nor denied by it."""
    details: tuple[DetailQuestion, ...] = ()
    """The authorization details, each a question of its own."""

    @property
    def asked(self) -> tuple[ScopeQuestion, ...]:
        """The questions to put to the person."""
        return tuple(item for item in self.items if item.asked)

    @property
    def kept(self) -> tuple[ScopeQuestion, ...]:
        """What was granted before and is not asked again."""
        return tuple(
            item for item in self.items if item.state is ScopeState.GRANTED and not item.asked
        )

    @property
    def is_one_detail(self) -> bool:
        """Whether one detail is all that is asked: the buttons are about that one."""
        return len(self.details) == 1 and not self.asked and self.details[0].may_be_approved

    @property
    def offers_nothing(self) -> bool:
        """Whether nobody could approve anything of what is asked."""
        hopeless = not any(item.may_be_approved for item in self.details)
        return bool(self.details) and hopeless and not self.asked

    @property
    def must_ask(self) -> bool:
        """Whether the person has to be shown a screen.

        A first visit needs one even when every scope is implicit: nobody is signed in to an
        application without having agreed to it once.
        """
        return self.reopened or self.grant is None or bool(self.asked)

    @property
    def granted(self) -> frozenset[str]:
        """The requested scopes that may be released now; none without a standing grant."""
        if self.grant is None:
            return frozenset()
        granted = {item.entry.name for item in self.items if item.state is ScopeState.GRANTED}
        return frozenset(granted | {entry.name for entry in self.implicit})

    @property
    def names(self) -> frozenset[str]:
        """What the questions are about: names of scopes and of single claims."""
        return frozenset(item.entry.name for item in self.items)

    @property
    def denied(self) -> frozenset[str]:
        """The requested scopes the person said no to."""
        return frozenset(item.entry.name for item in self.items if item.state is ScopeState.DENIED)

    @property
    def fingerprint(self) -> str:
        """Stands for what is asked: an answer counts only for the questions that were shown."""
        entries = (item.entry for item in self.asked)
        return fingerprint(self.cautions, entries, [item.fingerprint for item in self.details])


def questions(
    asked: ConsentQuestion, now: datetime | None = None, *, before: ReadBefore | None = None
) -> ConsentQuestions:
    """Compare the requested scopes with what the person has decided.

    Two statements, one where the grant was read `before`, and another where an e-mail address was
    chosen. Raises GrantGoneError when the grant that is aimed at does not stand.
    """
    now = now or timezone.now()
    caution = cautions(asked.client)
    grant = grant_of(asked, before=before)
    decisions = {found.scope: found for found in decisions_before(asked, grant)}
    singly = asked_singly(asked, grant, decisions, now)
    entries, beyond_reach = assurance.parted([*asked.entries, *singly], asked.acr)
    standing = _Standing(grant, decisions, reopened=asked.reopened, cautious=bool(caution))
    return ConsentQuestions(
        implicit=tuple(entry for entry in entries if entry.is_implicit),
        items=tuple(_question(entry, standing, now) for entry in entries if not entry.is_implicit),
        grant=grant,
        reopened=asked.reopened,
        cautions=caution,
        beyond_reach=beyond_reach,
        details=questions_about(asked),
    )


@dataclass(frozen=True)
class _Standing:
    """What is known before any scope is looked at."""

    grant: Grant | None
    decisions: Mapping[str, ScopeDecision]
    """The person's newest, by scope."""
    reopened: bool
    cautious: bool

    @property
    def asks_everything(self) -> bool:
        return self.reopened or self.grant is None


def _question(entry: CatalogueEntry, standing: _Standing, now: datetime) -> ScopeQuestion:
    decision = standing.decisions.get(entry.name)
    state = state_of(entry, decision, standing.grant, now)
    return ScopeQuestion(
        entry=entry,
        state=state,
        asked=standing.asks_everything or must_be_asked(entry, state),
        decided_at=decision.decided_at if decision else None,
        expires_at=decision.expires_at if decision else None,
        withheld=frozenset(decision.withheld_claims if decision else ()),
        shared_email=decision.shared_email if decision else "",
        cautious=standing.cautious,
    )
