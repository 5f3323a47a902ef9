"""How long a session lasts: so long without use, and so long in all (NIST SP 800-63B-4 §5.2).

Both are shorter for people who may use the administration, from the moment they may. What a page
asks for by itself, as one that waits does, is no use: only where somebody goes counts.
"""

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from foundation.base import conf
from foundation.directory.models import User

BEGAN, SEEN = "began_at", "seen_at"
"""Where the session keeps both, in seconds."""
STEPS = 20
"""Use is written down after this part of the idle time: so much earlier it may end."""


def begin(session: SessionBase, now: datetime) -> None:
    """Start both times: the person has just signed in."""
    session[BEGAN] = session[SEEN] = int(now.timestamp())


def is_over(session: SessionBase, person: User, now: datetime) -> bool:
    """Say whether one of the two has passed. No statement."""
    idle, longest = _limits(person)
    at = now.timestamp()
    return bool(at >= session.get(SEEN, at) + idle or at >= session.get(BEGAN, at) + longest)


def note_use(request: HttpRequest, person: User, now: datetime) -> None:
    """Start the idle time anew. The session is written once in a while only."""
    seen = request.session.get(SEEN)
    # Fetch Metadata §2.1: `empty` is a script's request, not somebody who goes somewhere.
    if seen is None or request.headers.get("Sec-Fetch-Dest") == "empty":
        return
    idle, _ = _limits(person)
    if now.timestamp() >= seen + idle / STEPS:
        request.session[SEEN] = int(now.timestamp())


def _limits(person: User) -> tuple[int, int]:
    current = conf.current()
    if person.is_staff or person.is_superuser:
        return current.staff_session_idle, current.staff_session_longest
    return current.session_idle, current.session_longest
