"""Why somebody was refused, in words: for the person who was, and for nobody else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from claims.catalogue import scopes as catalogue
from foundation.base.replica.reading import moments_old
from foundation.base.texts.legible import visible
from foundation.directory.models import Client
from foundation.directory.resource_servers import resource_server
from policy.decision_log import selectors
from scopeward_guard.vocabulary import Decision, Remedy

MOST_SHOWN = 20


@dataclass(frozen=True)
class ExplainedRefusal:
    """One denial as its person reads it. All of it is text: the template escapes it."""

    reference: str
    at: datetime
    application: str
    receiver: str
    """The name of the resource server."""
    asked: str
    names: tuple[str, ...]
    """What exactly, such as columns."""
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    """What would help, all of it together; empty when nothing would."""


def refusal_of(person_id: Any, reference: str) -> ExplainedRefusal | None:
    """Return a person's own denial with a reference as somebody typed it, if there is one.

    Unknown, malformed and somebody else's are all None. Two statements at most.
    """
    found = selectors.refusals_of(str(person_id), reference=reference)
    return next(iter(_in_words(found)), None)


def refusals_of(person_id: Any) -> list[ExplainedRefusal]:
    """Return a person's last denials, newest first. Two statements."""
    return _in_words(moments_old(selectors.refusals_of(str(person_id)))[:MOST_SHOWN])


def _in_words(rows: Any) -> list[ExplainedRefusal]:
    rows = list(rows)
    ids = {row.client_id for row in rows} - {""}
    clients = Client.objects
    names = dict(clients.filter(client_id__in=ids).values_list("client_id", "name")) if ids else {}
    return [_refusal(row, names) for row in rows]


def _refusal(row: Any, names: Mapping[str, str]) -> ExplainedRefusal:
    decision = selectors.answer_of(row)
    receiver = visible(resource_server(row.audience).name)
    application = visible(names.get(row.client_id) or row.application or row.client_id)
    return ExplainedRefusal(
        reference=row.reference,
        at=row.decided_at,
        application=application,
        receiver=receiver,
        asked=_asked(row, application),
        names=tuple(visible(name) for name in _names(row)),
        reasons=tuple(_reason(reason) for reason in decision.reasons),
        remedies=_remedies(decision, application),
    )


def _asked(row: Any, application: str) -> str:
    sentence = _ACTIONS.get(row.action, lambda: _("%(action)s: %(resource)s"))()
    words = {"action": row.action, "resource": row.resource, "application": application}
    return visible(sentence % words)


def _names(row: Any) -> list[str]:
    said = row.evaluation["resource"].get("properties", {})
    columns, tables = said.get("columns", []), said.get("tables", [])
    read = {column.rpartition(".")[0] for column in columns}
    return [*columns, *(table for table in tables if table not in read)]


def _reason(reason: str) -> str:
    sentence = _CODES.get(reason)
    return sentence() if sentence else visible(reason)


def _remedies(decision: Decision, application: str) -> tuple[str, ...]:
    remedy = decision.remedy or Remedy()
    helps = []
    if remedy.scopes:
        titles = [entry.title if (entry := catalogue.find(n)) else n for n in remedy.scopes]
        words = {"application": application, "titles": ", ".join(titles)}
        helps.append(_("Allow %(application)s to do more: %(titles)s.") % words)
    if remedy.acr_values:
        helps.append(_("Sign in in a stronger way."))
    elif remedy.max_age is not None:
        helps.append(_("Sign in again: the last time is too long ago."))
    if remedy.approval:
        helps.append(_("Have exactly this request approved."))
    return tuple(helps)


_ACTIONS: dict[str, Callable[[], str]] = {
    "select": lambda: _("Reading data from %(resource)s"),
    "insert": lambda: _("Adding data to %(resource)s"),
    "update": lambda: _("Changing data in %(resource)s"),
    "delete": lambda: _("Deleting data from %(resource)s"),
    "read": lambda: _("Reading %(resource)s"),
    "write": lambda: _("Changing %(resource)s"),
    "GET": lambda: _("Opening %(resource)s"),
    "POST": lambda: _("Sending something to %(resource)s"),
    "PUT": lambda: _("Changing %(resource)s"),
    "PATCH": lambda: _("Changing %(resource)s"),
    "DELETE": lambda: _("Deleting %(resource)s"),
    "authorize": lambda: _("Signing in to %(application)s"),
}
_CODES: dict[str, Callable[[], str]] = {
    "policy_error": lambda: _("It could not be decided, and what is not decided is not done."),
    "obligation_not_understood": lambda: _(
        "It would be allowed under a condition that the service cannot keep."
    ),
}
