"""The details of a consent request as its person is asked about them, each on its own."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from claims.catalogue.details import InexactDetailError, canonical_text, digest_of
from consent.approvals.card.contents import ApprovalCard, detail_card
from consent.approvals.card.drawn import card_drawn
from consent.approvals.deciders.demands import Demand
from consent.approvals.deciders.freshness import is_good_enough, raised_by
from consent.approvals.errors import UnanswerableError
from consent.approvals.lodging.requesting import lodging_of, require_open
from consent.approvals.lodging.services import Lodging, demands_for
from consent.approvals.selectors import Awaited, awaited_by
from consent.approvals.terms import ApprovalTerms
from consent.consent_question import ConsentQuestion
from foundation.directory.sign_in import SignIn
from foundation.journal.chain.canonical import sha256


@dataclass(frozen=True)
class DetailQuestion:
    """One detail, and what a yes to it would lead to."""

    digest: str
    """Names it in the form: base64url SHA-256 of the canonical detail."""
    card: ApprovalCard
    type: str
    lodging: Lodging | None = None
    demands: tuple[Demand, ...] = ()
    problem: str = ""
    """Why nobody could ever approve it, in the reader's language; empty: somebody could."""

    @property
    def may_be_approved(self) -> bool:
        """Whether there is anything to choose."""
        return self.lodging is not None and not self.problem

    @property
    def terms(self) -> ApprovalTerms:
        """Lifetimes, and the sign-in wanted."""
        return self.lodging.terms if self.lodging else ApprovalTerms()

    @property
    def is_for_the_requester(self) -> bool:
        """Whether the person's own yes counts; otherwise it only puts it to others."""
        return any(demand.is_for_the_requester for demand in self.demands)

    @property
    def waits_for_others(self) -> bool:
        """Whether other people have to agree too."""
        return any(not demand.is_for_the_requester for demand in self.demands)

    @property
    def needs_signature(self) -> bool:
        """Whether a yes is signed, on a page of its own."""
        return self.terms.needs_signature

    @cached_property
    def awaited(self) -> list[Awaited]:
        """The other people who have to agree, in words."""
        others = [demand for demand in self.demands if not demand.is_for_the_requester]
        return awaited_by(others, is_signed=self.needs_signature)

    @property
    def card_drawn(self) -> SafeString:
        """The card, as HTML in the active language."""
        return card_drawn(get_language() or "", self.card)

    @cached_property
    def fingerprint(self) -> str:
        """Stands for all that is shown of it: a yes counts only for what was seen."""
        said: dict[str, Any] = {
            "digest": self.digest,
            "card": asdict(self.card),
            "demands": [demand.as_json() for demand in self.demands],
            "problem": self.problem,
            "locale": get_language() or "",
        }
        return sha256(said)

    def is_fresh(self, sign_in: SignIn | None) -> bool:
        """Whether the sign-in is good enough to say yes with."""
        return not self.is_for_the_requester or is_good_enough(self.terms, sign_in)


@dataclass(frozen=True)
class DetailRow:
    """One detail on the screen."""

    question: DetailQuestion
    is_fresh: bool
    """Whether the sign-in is good enough to say yes with."""
    chosen: str = ""
    """What was chosen when the page was sent last."""


def questions_about(asked: ConsentQuestion) -> tuple[DetailQuestion, ...]:
    """Return a question for each detail that is asked for, in its order."""
    return tuple(_question(detail, asked) for detail in asked.details)


def _question(detail: Mapping[str, Any], asked: ConsentQuestion) -> DetailQuestion:
    digest = digest_of(canonical_text(detail))
    type_name = str(detail.get("type", ""))
    try:
        lodging = lodging_of(
            detail,
            client_id=asked.client.pk,
            requester_id=asked.person_id,
            address=asked.address,
            risk=asked.risk,
        )
        require_open(detail, asked.client)
    except UnanswerableError as error:
        return DetailQuestion(
            digest, detail_card(detail, "", ApprovalTerms()), type_name, problem=str(error)
        )
    card = detail_card(detail, lodging.audience, lodging.terms)
    try:
        demands = tuple(demands_for(lodging))
    except (UnanswerableError, InexactDetailError) as error:
        return DetailQuestion(digest, card, type_name, lodging, problem=str(error))
    lodging = replace(lodging, terms=raised_by(lodging.terms, demands))
    return DetailQuestion(digest, card, type_name, lodging, demands)
