"""Tokens of forms, against requests forged by other sites: Django's, made at a sixth of its cost.

Django asks the system for each of the 96 letters by itself. Forms are checked by its middleware.
"""

from secrets import token_bytes

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS as LETTERS, CSRF_SECRET_LENGTH as LENGTH
from django.utils.functional import SimpleLazyObject

PLACES = {letter: place for place, letter in enumerate(LETTERS)}
FAIR = 256 - 256 % len(LETTERS)
"""Bytes from here on would make some letters likelier than others."""


def form_token(request: HttpRequest) -> str:
    """Return a token for a form, as `django.middleware.csrf.get_token` does.

    Its secret is that of the browser's cookie, under a mask that nobody has seen yet. The answer
    sets the cookie, or sets it anew.
    """
    secret: str = request.META.get("CSRF_COOKIE") or _random_letters()
    request.META.update(CSRF_COOKIE=secret, CSRF_COOKIE_NEEDS_UPDATE=True)
    mask = _random_letters()
    masked = [
        LETTERS[(PLACES[letter] + PLACES[over]) % len(LETTERS)]
        for letter, over in zip(secret, mask, strict=True)
    ]
    return mask + "".join(masked)


def csrf_token(request: HttpRequest) -> dict[str, object]:
    """Put the token where `{% csrf_token %}` looks for it; a context processor.

    Pages without a form make none.
    """
    return {"csrf_token": SimpleLazyObject(lambda: form_token(request))}


def _random_letters() -> str:
    letters: list[str] = []
    while len(letters) < LENGTH:
        letters += [LETTERS[each % len(LETTERS)] for each in token_bytes(LENGTH) if each < FAIR]
    return "".join(letters[:LENGTH])
