"""Reading what was assessed: for policy, for the person, for administrators."""

from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.translation import gettext as _

from foundation.directory.models import SignInRecord
from foundation.directory.risk.rules import UNREACHABLE, current_rules
from foundation.directory.risk.scoring import JudgedPart, Risk
from foundation.directory.risk.state import read

NOTEWORTHY = 20
"""Below the threshold: from which score on a sign-in is called a little unusual."""


def risk_of(source: HttpRequest | SessionBase) -> Risk:
    """Return the risk of a browser session; the score is 0 where nobody is signed in.

    Takes no statement beyond loading the session.
    """
    session = source.session if isinstance(source, HttpRequest) else source
    state = read(session)
    return state.risk if state else Risk()


def recent_records(person: UUID, limit: int = 20) -> list[SignInRecord]:
    """Return the person's last assessments, newest first. One statement."""
    return list(SignInRecord.objects.filter(user=person).order_by("-at", "-pk")[:limit])


def find_record(person: UUID, pk: int) -> SignInRecord | None:
    """Return an assessment of this very person."""
    return SignInRecord.objects.filter(user=person, pk=pk).first()


def of_record(record: SignInRecord) -> Risk:
    """Return the risk that a row keeps."""
    return Risk.of(JudgedPart.from_json(part) for part in record.parts)


def in_words(risk: Risk) -> str:
    """Say how unusual a sign-in is, in the active language."""
    if risk.score >= min(current_rules().ask_again_from, UNREACHABLE - 1):
        return _("Unusual")
    return _("A little unusual") if risk.score >= NOTEWORTHY else _("As usual")
