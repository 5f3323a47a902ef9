"""A session goes on only in the browser in which it began.

That browser has a cookie of its own besides the session's (`directory.risk.device_cookie`), which
is never sent to anybody else and outlives the session. A session cookie without it was taken out
of its browser: the session ends.

Not bound are address and User-Agent. The address changes while a person is on the way, several
people share one, and whoever stole a cookie can often use the same network; the header changes
with every update and is copied together with the cookie. Both are judged (docs/risk.md). Nothing
here helps against whoever takes all cookies of a browser.
"""

from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from foundation.base.secrets import digest, matches
from foundation.directory.risk import device_cookie

if TYPE_CHECKING:
    from foundation.directory.models import User

KEY = "device"


def bind(session: SessionBase, person: UUID, token: str) -> None:
    """Tie the session to a device; only a digest of its token is kept."""
    session[KEY] = digest(device_cookie.named_for(person, token))


def has_left_its_browser(request: HttpRequest) -> bool:
    """Say whether the session came without the device it is tied to. Takes no statement."""
    bound = request.session.get(KEY)
    if bound is None:
        return False
    person = cast("User", request.user)
    named = device_cookie.named_for(person.pk, device_cookie.token_of(request))
    return not matches(named, bound)
