"""Sessions at rest: a row that opens nothing, for whoever reads the database.

The cookie holds 256 random bits. The row is named by their keyed digest, and so is the list of
browsers (allauth's `UserSession`), which only ever sees the name. What the session remembers is
encrypted together with the name, so that it cannot be moved to another row either.
"""

import json
import re
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from jwcrypto.common import JWException

from foundation.base.keyed import ID_LENGTH, UnknownKeyError
from foundation.base.keys.secret_texts import seal_text, unseal_text
from foundation.base.prepared.statements import PreparedValues
from foundation.base.secrets import digest, digests, generate
from scopeward_guard.vocabulary import encode_base64url

COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")
NAME_LENGTH = 40
"""Characters that both tables have for a name: 8 of the key's id, and 192 bits."""


_BY_NAME = PreparedValues(
    (str, datetime),
    lambda name, now: (
        db.SessionStore.get_model_class()
        .objects.filter(session_key=name, expire_date__gt=now)
        .values("session_data")
    ),
)


class SessionStore(db.SessionStore):
    """Django's sessions in the database; `session_key` is the name of the row, never the cookie."""

    _cookie = ""

    @classmethod
    def of_cookie(cls, cookie: str) -> "SessionStore":
        """Return the session of a browser, an empty one without a cookie that was made here."""
        if not COOKIE.fullmatch(cookie):
            return cls()
        store = cls(name_of(cookie))
        store._cookie = cookie
        return store

    @property
    def cookie(self) -> str:
        """What the browser has to bring; empty where there is no session, or only its name."""
        return self._cookie if self.session_key else ""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the contents as they are stored."""
        return seal_text(json.dumps([self.session_key, session_dict]))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Return the contents; nothing of what was not written here, for this very row."""
        try:
            name, contents = json.loads(unseal_text(str(session_data)))
        except (JWException, UnknownKeyError, ValueError):
            return {}
        return contents if name == self.session_key else {}

    def save(self, must_create: bool = False) -> None:
        """Save; raises Django's `UpdateError` when the row is gone, and nothing else.

        Django raises it for whatever the database says, and blames the visitor. A database that is
        away, or whose disk is full, is no mistake of theirs.
        """
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(cause := error.__context__, OperationalError | InterfaceError):
                raise cause from error
            raise

    def load(self) -> dict[str, Any]:
        """Return what the session remembers, nothing when there is none that has not expired.

        One statement for each pepper until it is found.
        """
        now = timezone.now()
        for name in self._names():
            for row in _BY_NAME.rows(name, now):
                self._session_key = name
                return self.decode(row["session_data"])
        self._session_key = None
        return {}

    def _names(self) -> list[str]:
        """Return what the row may be called: as it was named, or under an older pepper."""
        if self._cookie:
            return [_name(made) for made in digests(_named(self._cookie))]
        return [self.session_key] if self.session_key else []

    def _get_new_session_key(self) -> str:
        # 256 random bits have not been used before: no need to look.
        self._cookie = generate()
        return name_of(self._cookie)

    async def _aget_new_session_key(self) -> str:
        return self._get_new_session_key()


class Sessions(SessionMiddleware):
    """Django's, with the cookie apart from the name of the row."""

    def process_request(self, request: HttpRequest) -> None:
        """Find the session of the cookie."""
        request.session = SessionStore.of_cookie(
            request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        )

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session; hand out the cookie where Django would have handed out the name."""
        answer = super().process_response(request, response)
        set_here = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        if set_here is not None and set_here.value:
            answer.cookies[settings.SESSION_COOKIE_NAME] = cast(
                "SessionStore", request.session
            ).cookie
        return answer


def name_of(cookie: str) -> str:
    """Return the name of the row."""
    return _name(digest(_named(cookie)))


def _named(cookie: str) -> str:
    return f"session:{cookie}"


def _name(made: str) -> str:
    key_id, value = made[:ID_LENGTH], bytes.fromhex(made[ID_LENGTH:])
    return (key_id + encode_base64url(value))[:NAME_LENGTH]
