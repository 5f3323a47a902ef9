"""Ending a session that is not the person's, and writing it into the history."""

from uuid import UUID

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from foundation.directory.models import SignInRecord, User
from foundation.directory.risk.scoring import Risk
from foundation.directory.risk.selectors import of_record
from foundation.directory.risk.services import disown
from foundation.directory.sign_in import SID_KEY
from foundation.journal.acts import Actor, Entry, Kind, record
from foundation.journal.visitor import decision_context
from idp.accounts.browser_sessions.sessions import end_sessions
from idp.accounts.browser_sessions.store import SessionStore
from idp.tokens.families.store import revoke_families


@transaction.atomic
def end_disowned(request: HttpRequest, person: User, assessed: SignInRecord) -> None:
    """End the session of an assessment that the person says was not theirs, with all its tokens.

    Nothing of it is trusted any more. A second time does nothing.
    """
    now = timezone.now()
    if disown(person.pk, assessed.sid, now=now):
        end_sessions(_sessions_with(person.pk, assessed.sid))
        # Also what was meant to outlive the session: whoever was there asked for it.
        revoke_families(now, sid=assessed.sid)
        record_end(request, person, Actor.PERSON, of_record(assessed))


def record_end(request: HttpRequest, person: User, actor: Actor, risk: Risk | None) -> None:
    """Record that a session was ended; by whoever ended it, since several may try.

    Without a risk: because it came without the browser it began in.
    """
    context = decision_context(request)
    entry = Entry(
        kind=Kind.SESSION_ENDED,
        actor=actor,
        person=person.pk,
        locale=context.locale,
        address=context.address or "",
        user_agent=context.user_agent,
        detail=_in_detail(risk) if risk else {"left_its_browser": True},
    )
    record([entry])


def _in_detail(risk: Risk) -> dict[str, object]:
    return {"score": risk.score, "parts": " ".join(part.part.value for part in risk.raising)}


def _sessions_with(person: UUID, sid: str) -> list[UserSession]:
    sessions = UserSession.objects.filter(user=person)
    return [s for s in sessions if SessionStore(s.session_key).get(SID_KEY) == sid]
