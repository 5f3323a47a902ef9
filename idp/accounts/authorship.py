"""Who changes what on the account pages: the person in front of the screen."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from foundation.journal.acts import acting_as
from foundation.journal.visitor import decision_context

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class PersonalChanges:
    """Let what is posted to an account page be changed by the person; a middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take what answers."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        if request.method in SAFE or not request.path.startswith(reverse("account")):
            return self._get_response(request)
        with acting_as(decision_context(request)):
            return self._get_response(request)
