"""A reason for every prompt: what has to be asked, and what the person has decided already.

The same answer draws the consent screen, tells whether `prompt=none` can succeed, and names the
scopes that may be released without another question (OIDC Core §3.1.2.4).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from django.utils import timezone

from claims.catalogue import assurance, scopes as catalogue
from claims.catalogue.entitlement import scopes_open_to
from claims.catalogue.scopes import CatalogueEntry
from consent.approvals.answering.asking import DetailQuestion, questions_about
from consent.asking.caution import Caution, cautions
from consent.asking.fingerprint import fingerprint
from consent.asking.question import Question
from consent.asking.single_questions import asked_singly
from consent.asking.states import State, must_be_asked, state_of
from consent.grants import of_request as which
from consent.grants.of_request import USUAL, Aim
from consent.models import ConsentRequest, Decision, Grant
from foundation.directory.models import Client, User

__all__ = ["Question", "Questions", "State", "questions", "questions_of"]

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Questions:
    """Everything that one consent request is about."""

    implicit: tuple[CatalogueEntry, ...]
    items: tuple[Question, ...]
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
    def asked(self) -> tuple[Question, ...]:
        """The questions to put to the person."""
        return tuple(item for item in self.items if item.asked)

    @property
    def kept(self) -> tuple[Question, ...]:
        """What was granted before and is not asked again."""
        return tuple(item for item in self.items if item.state is State.GRANTED and not item.asked)

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
        granted = {item.entry.name for item in self.items if item.state is State.GRANTED}
        return frozenset(granted | {entry.name for entry in self.implicit})

    @property
    def names(self) -> frozenset[str]:
        """What the questions are about: names of scopes and of single claims."""
        return frozenset(item.entry.name for item in self.items)

    @property
    def denied(self) -> frozenset[str]:
        """The requested scopes the person said no to."""
        return frozenset(item.entry.name for item in self.items if item.state is State.DENIED)

    @property
    def fingerprint(self) -> str:
        """Stands for what is asked: an answer counts only for the questions that were shown."""
        entries = (item.entry for item in self.asked)
        return fingerprint(self.cautions, entries, [item.fingerprint for item in self.details])


def questions(  # noqa: PLR0913 - what a request consists of
    *,
    user: User,
    client: Client,
    scopes: Collection[str],
    requested_claims: Mapping[str, Any] = NOTHING,
    aim: Aim = USUAL,
    acr: str = "",
    reopened: bool = False,
    now: datetime | None = None,
) -> Questions:
    """Compare the requested scopes with what the person has decided.

    Two statements, and a third where an e-mail address was chosen. Unknown and inactive scopes, and
    those that the client is not registered for, are left out: they are neither asked nor granted.
    `requested_claims` is the `claims` parameter (OIDC Core §5.5).
    `aim` says about which grant; GrantGoneError when that one does not stand. `acr` is how strong
    the sign-in is. `reopened` asks everything again, denials too (`prompt=consent`).
    """
    # An unsaved row says the same as a stored one: these scopes, these two parties.
    request = ConsentRequest(
        user_id=user.pk, client=cast("Any", client), scopes=scopes, reopened=reopened, acr=acr,
        intent=aim.intent, target=aim.grant_id, requested_claims=requested_claims,
    )  # fmt: skip
    return questions_of(request, now)


def questions_of(request: ConsentRequest, now: datetime | None = None) -> Questions:
    """Return what `questions` does, for an opened consent request with its client."""
    now = now or timezone.now()
    caution = cautions(request.client)
    grant = which.grant_of(request)
    decisions = {found.scope: found for found in which.decisions_before(request, grant)}
    # What an administrator has taken from the application since is asked of nobody.
    known = catalogue.known(scopes_open_to(request.client, request.scopes))
    singly = asked_singly(request, grant, decisions, now)
    entries, beyond_reach = assurance.parted([*known, *singly], request.acr)
    return Questions(
        implicit=tuple(entry for entry in entries if entry.is_implicit),
        items=tuple(
            _question(
                entry,
                decisions.get(entry.name),
                grant,
                reopened=request.reopened,
                cautious=bool(caution),
                now=now,
            )
            for entry in entries
            if not entry.is_implicit
        ),
        grant=grant,
        reopened=request.reopened,
        cautions=caution,
        beyond_reach=beyond_reach,
        details=questions_about(request),
    )


def _question(
    entry: CatalogueEntry,
    decision: Decision | None,
    grant: Grant | None,
    *,
    reopened: bool,
    cautious: bool,
    now: datetime,
) -> Question:
    state = state_of(entry, decision, grant, now)
    return Question(
        entry=entry,
        state=state,
        asked=reopened or grant is None or must_be_asked(entry, state),
        decided_at=decision.decided_at if decision else None,
        expires_at=decision.expires_at if decision else None,
        withheld=frozenset(decision.withheld_claims if decision else ()),
        shared_email=decision.shared_email if decision else "",
        cautious=cautious,
    )
