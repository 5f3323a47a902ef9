"""Everything that may be done to an approval, for those outside."""

from consent.approvals.answering.answering import DetailsAnswer
from consent.approvals.deciders.counting import may_break_glass
from consent.approvals.deciders.freshness import SignInFacts
from consent.approvals.lodging.lodging import Lodging, lodge
from consent.approvals.lodging.requesting import lodging_of
from consent.approvals.terms import Terms
from consent.approvals.use.ending import (
    break_glass,
    cancel,
    expire_due,
    revoke,
    revoke_unused,
    settle_unknown,
)
from consent.approvals.use.outcome import Outcome, enriched, outcome_of, summed_up
from consent.approvals.use.use import Consumption, Refusal, Report, consume, mint, report
from consent.approvals.voting import Ballot, vote

__all__ = [
    "Ballot",
    "Consumption",
    "DetailsAnswer",
    "Lodging",
    "Outcome",
    "Refusal",
    "Report",
    "SignInFacts",
    "Terms",
    "break_glass",
    "cancel",
    "consume",
    "enriched",
    "expire_due",
    "lodge",
    "lodging_of",
    "may_break_glass",
    "mint",
    "outcome_of",
    "report",
    "revoke",
    "revoke_unused",
    "settle_unknown",
    "summed_up",
    "vote",
]
