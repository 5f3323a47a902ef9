"""What the challenge of a passkey is for: an answer is good for that, and in this browser only."""

from django.http import HttpRequest
from django.middleware.csrf import get_token

from foundation.base.secrets import digest
from foundation.directory.sign_in import session_id


def signing_in(request: HttpRequest) -> str:
    """Whoever it is signs in; the form's own secret stands for the browser (no session yet)."""
    get_token(request)
    return f"sign in {digest(request.META['CSRF_COOKIE'])}"


def second_factor(request: HttpRequest) -> str:
    """Somebody whose password was right goes on signing in."""
    return f"second factor {digest(request.session.session_key or '')}"


def confirming(request: HttpRequest) -> str:
    """Somebody who is signed in confirms that it is them."""
    return f"confirm {session_id(request)}"


def registering(request: HttpRequest) -> str:
    """Somebody who is signed in adds a key."""
    return f"register {session_id(request)}"
