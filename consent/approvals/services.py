"""Everything that may be done to an approval, for those outside."""

from consent.approvals.ending import (
    break_glass,
    cancel,
    expire_due,
    may_break_glass,
    revoke,
    settle_unknown,
)
from consent.approvals.freshness import SignInFacts
from consent.approvals.lodging import Lodging, lodge
from consent.approvals.terms import Terms
from consent.approvals.use import Consumption, Refusal, Report, consume, mint, report
from consent.approvals.voting import Ballot, vote

__all__ = [
    "Ballot",
    "Consumption",
    "Lodging",
    "Refusal",
    "Report",
    "SignInFacts",
    "Terms",
    "break_glass",
    "cancel",
    "consume",
    "expire_due",
    "lodge",
    "may_break_glass",
    "mint",
    "report",
    "revoke",
    "settle_unknown",
    "vote",
]
