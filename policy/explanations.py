"""Remedies and obligations in words, for those who write policies."""

import json
from collections.abc import Iterator

from django.utils.translation import gettext as _, ngettext

from scopeward_guard.vocabulary import Decision, Obligation, Remedy


def remedy_in_words(remedy: Remedy) -> Iterator[str]:
    """Yield what would have to happen for a permit, all of it together."""
    if remedy.scopes:
        yield _("The person grants: %s.") % ", ".join(remedy.scopes)
    if remedy.acr_values:
        yield _("A stronger sign-in: %s.") % ", ".join(remedy.acr_values)
    if remedy.max_age == 0:
        yield _("Signing in again.")
    elif remedy.max_age is not None:
        yield _("A sign-in not older than %d seconds.") % remedy.max_age
    if remedy.approval:
        yield _("An approval of exactly this.")


def obligations_in_words(decision: Decision) -> list[str]:
    """Return each obligation as a sentence."""
    return [_in_words(obligation) for obligation in decision.obligations]


def _in_words(obligation: Obligation) -> str:
    facts = dict(obligation.parameters)
    if obligation.id == "row_filter":
        facts["values"] = ", ".join(map(str, facts.get("in", ()))) or _("nothing")
        return _("Only rows of %(table)s whose %(column)s is one of: %(values)s.") % facts
    if obligation.id == "mask":
        return _("%(column)s is masked (%(kind)s).") % facts
    if obligation.id == "row_limit":
        return _("At most %(rows)d rows.") % facts
    if obligation.id == "approvers":
        return _approvers(facts)
    return f"{obligation.id}: {json.dumps(facts, ensure_ascii=False)}"


def _approvers(facts: dict[str, object]) -> str:
    needed = int(str(facts.get("needed", 1)))
    who = {
        "owner": _("the data's owner"),
        "requester": _("whoever asked"),
        "role": _("people with the role %s") % facts.get("role", ""),
    }.get(str(facts.get("who")), str(facts.get("who")))
    words = ngettext("%(needed)d approval by %(who)s.", "%(needed)d approvals by %(who)s.", needed)
    if facts.get("signed"):
        words = ngettext(
            "%(needed)d approval by %(who)s, signed with a passkey.",
            "%(needed)d approvals by %(who)s, each signed with a passkey.",
            needed,
        )
    return words % {"needed": needed, "who": who}
