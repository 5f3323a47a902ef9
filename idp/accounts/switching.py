"""Changing who is signed in, in one browser."""

from django.contrib.auth import logout
from django.http import HttpRequest


def sign_out_to_switch(request: HttpRequest) -> None:
    """End the session of whoever is signed in, but keep what the browser was sent here for.

    Pending authorization requests are bound to the browser, not to the person, so that binding
    outlives the session, which is flushed.
    """
    from idp.authorize import pending

    binding = request.session.get(pending.BROWSER_SECRET)
    logout(request)
    if binding is not None:
        request.session[pending.BROWSER_SECRET] = binding
