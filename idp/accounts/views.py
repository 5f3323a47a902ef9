"""Sign-in, re-authentication and the account pages: allauth's views where they differ here."""

from functools import lru_cache
from typing import Any

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.usersessions import views as sessions_views
from allauth.usersessions.models import UserSession
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_required
from django.contrib.messages import get_messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from foundation.base.form_action import allow_onward_redirects
from foundation.base.house.in_use import house
from foundation.base.never_cache import never_cache
from foundation.base.texts.form_tokens import form_token
from foundation.base.texts.fragments import Fragment
from foundation.directory.application_card import application_card
from foundation.directory.upstream.selectors import Offered, offered, offered_for
from foundation.journal.visitor import decision_context, person
from idp.accounts.browser_sessions.everywhere import sign_out_everywhere
from idp.accounts.browser_sessions.sessions import end_sessions, sign_out
from idp.accounts.browsers import describe
from idp.accounts.forms import LoginForm
from idp.accounts.on_the_way import OnTheWayToAnApplication
from idp.accounts.services import keep_email_in_step


@lru_cache(maxsize=16)
def empty_login_fields(language: str | None) -> SafeString:  # noqa: ARG001 - what they are kept by
    """Return the fields before anything was typed: the same for everybody who reads a language."""
    return render_to_string("components/form.html", {"form": LoginForm()})


@lru_cache(maxsize=16)
def upstream_buttons(language: str, providers: tuple[Offered, ...]) -> SafeString:  # noqa: ARG001 - what they are kept by
    """Return a button for each provider that one can sign in with instead."""
    return render_to_string("components/upstream_buttons.html", {"providers": providers})


HERE = "request.get_full_path"
SIGN_IN_PAGE = Fragment(
    "account/login.html",
    texts=[
        "card", "application_name", "redirect_field_value", "forgotten", "fields", "csrf_token",
        "upstream", "counting", HERE,
    ],
    conditions=["for_application", "goes_on", "offers_upstream", "leads", "is_limited", "look"],
)  # fmt: skip
"""For who is not signed in, and is told nothing else."""


class LoginView(OnTheWayToAnApplication, allauth_views.LoginView):
    """The sign-in page. It says what the person signs in for."""

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form at once to who comes; all that allauth does is for who has sent it."""
        if request.method == "GET" and not self._hint:
            return self._form_as_it_begins(request)
        return super().dispatch(request, *args, **kwargs)

    def _form_as_it_begins(self, request: HttpRequest) -> HttpResponse:
        language = get_language() or ""
        said = self._said(language, request.GET.get(REDIRECT_FIELD_NAME) or "")
        said |= {"fields": empty_login_fields(language)}
        if request.user.is_authenticated or len(get_messages(request)):
            page = render(request, "account/login.html", said)
        else:
            said |= {"csrf_token": form_token(request), HERE: request.get_full_path()}
            page = HttpResponse(
                SIGN_IN_PAGE.draw(language, said, *(said[name] for name in SIGN_IN_PAGE.conditions))
            )
        if self.pending_request is not None:
            allow_onward_redirects(page)
        return page

    def _said(self, language: str, goes_on_at: str) -> dict[str, Any]:
        """Return what the page says of the application, and where the person goes from here."""
        stored = self.pending_request
        forgotten = reverse("account_reset_password")
        client = stored.client if stored is not None else None
        providers = offered_for(client)
        onward = f"?{urlencode({REDIRECT_FIELD_NAME: goes_on_at})}" if goes_on_at else ""
        return {
            "card": application_card(language, client) if client is not None else "",
            "application_name": client.name if client is not None else "",
            "for_application": client is not None,
            "redirect_field_value": goes_on_at,
            "goes_on": bool(goes_on_at),
            "look": house().look,
            "forgotten": forgotten + onward,
            "offers_upstream": bool(providers),
            "upstream": upstream_buttons(language, providers) if providers else "",
            "leads": any(each.leads for each in providers),
            "is_limited": len(providers) < len(offered()),
            "counting": ", ".join(each.name for each in providers),
        }

    @property
    def _hint(self) -> str:
        stored = self.pending_request
        return str(stored.parameters.get("login_hint") or "") if stored is not None else ""

    def get_initial(self) -> dict[str, Any]:
        """Fill in the `login_hint` of the application (OIDC Core §3.1.2.1)."""
        return {**super().get_initial(), "login": self._hint}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say of a form that was sent what the page said as it began."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        goes_on_at = context.get("redirect_field_value") or ""
        return context | self._said(get_language() or "", goes_on_at)

    def form_valid(self, form: Form) -> HttpResponse:
        """Sign in; nothing of another person's session remains."""
        here = self.request.user
        if here.is_authenticated and here.pk != form.user.pk:  # type: ignore[attr-defined]
            sign_out(self.request)
        response: HttpResponse = super().form_valid(form)
        return response


class EmailView(allauth_views.EmailView):
    """The person's e-mail addresses."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change them, and the person's own record with them."""
        response: HttpResponse = super().post(request, *args, **kwargs)
        if request.user.pk is not None:
            keep_email_in_step(request.user.pk)
        return response


class SessionsView(sessions_views.ListUserSessionsView):
    """Where the person is signed in; one session, all others, or all can be ended."""

    def form_valid(self, form: Form) -> HttpResponse:
        """End the session named by the button, or without a name all others."""
        if "everywhere" in self.request.POST:
            sign_out_everywhere(person(self.request), decision_context(self.request))
            sign_out(self.request)
            return redirect("account_login")
        chosen = self.request.POST.get("session", "")
        if not chosen:
            response: HttpResponse = super().form_valid(form)
            return response
        if chosen.isdecimal():
            end_sessions(UserSession.objects.filter(user=self.request.user, pk=chosen))
        return redirect("usersessions_list")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what each browser is, this one first."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["sessions"].sort(key=lambda session: not session.is_current())
        for session in context["sessions"]:
            session.browser = describe(session.user_agent)
        return context


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show the person's own page."""
    return render(request, "account/home.html")


@require_safe
def start(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Lead from the bare address to the person's own page."""
    return redirect("account")


@never_cache
@require_http_methods(["GET", "POST"])
def switch_account(request: HttpRequest) -> HttpResponse:
    """Ask, then sign out and lead to the sign-in page, with `next` when it is a page of ours.

    A pending authorization request is bound to the browser, not to the person: it goes on.
    """
    following = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    if not get_adapter(request).is_safe_url(following):
        following = ""
    if request.method == "GET" and request.user.is_authenticated:
        return render(request, "account/switch.html", {"next": following})
    sign_out(request)
    query = f"?{urlencode({REDIRECT_FIELD_NAME: following})}" if following else ""
    return redirect(reverse("account_login") + query)
