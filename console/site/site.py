"""The admin site: who gets in, what may be registered, and which content it may load."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from django.views.i18n import JavaScriptCatalog
from unfold.sites import UnfoldAdminSite

from console.common.object_admin import ObjectAdmin
from console.common.pages import SITE_PAGES
from console.site.authorship import recorded
from idp.accounts.browser_sessions.sessions import sign_out

CONTENT = {
    # Unfold's menus are Alpine expressions, its colours a style element. Scripts still come only
    # from here, and only administrators see these pages.
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}


class ConsoleSite(UnfoldAdminSite):
    """The admin of this provider."""

    index_title = _("Administration")
    index_template = "admin/sections.html"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take pages that were written for this site, and no others.

        Other packages register pages of their own on import; django-oauth-toolkit's show stored
        credentials, allauth's session keys. They are left out without being named.
        """
        if admin_class is not None and issubclass(admin_class, ObjectAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(
        self,
        view: Callable[..., HttpResponse],
        cacheable: bool = False,
    ) -> Callable[..., HttpResponseBase]:
        """Wrap a view as Django does, with the admin's content security policy and its author."""
        wrapped: Callable[..., HttpResponseBase] = csp_replace(CONTENT)(
            super().admin_view(recorded(view), cacheable)
        )
        return wrapped

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign in on the one page there is, with its rate limits and second factors."""
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign out as everywhere, with what the session gave to applications; ask, unless told."""
        if request.method != "POST":
            return redirect("account_logout")
        sign_out(request)
        return redirect("account_login")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Change one's own password where everybody does."""
        return redirect("account_change_password")

    def i18n_javascript(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """Return the words of scripts: Django's, and ours where it has none."""
        return JavaScriptCatalog.as_view()(request)

    def extra_urls(self) -> list[URLPattern]:
        """Add the pages that belong to no table."""
        return [url for page in SITE_PAGES for url in page.urls()]
