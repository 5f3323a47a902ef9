"""Forms that other sites post: the browser brings them without our cookies (`SameSite=Lax`)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

LONGEST_QUERY = 8_000
"""Characters; servers and proxies refuse longer addresses."""


def with_cookies(request: HttpRequest) -> HttpResponse | None:
    """Return the answer that makes the browser bring a posted form again, by GET and with cookies.

    Somebody who is signed in would look like nobody otherwise. None: the session's cookie came,
    it was brought by GET, or it is too long for an address.
    """
    if request.method != "POST" or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return None
    query = request.POST.urlencode()
    if len(query) > LONGEST_QUERY:
        return None
    location = f"{request.path}?{query}" if query else request.path
    return HttpResponse(status=303, headers={"Location": location})
