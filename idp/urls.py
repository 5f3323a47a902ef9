"""Where everything is."""

from django.contrib import admin
from django.urls import include, path

from idp.accounts.views import start
from idp.endpoints import authorize, backchannel_requests, logout
from idp.endpoints.device.pages import device
from idp.upstream.going import SignInView

urlpatterns = [
    # Resolved from the top: what browsers ask for most comes first.
    path("authorize", authorize.authorize, name="authorize"),
    path("authorize/resume/<uuid:request_id>/", authorize.resume, name="authorize_resume"),
    path(
        "authorize/account/<uuid:request_id>/",
        authorize.select_account,
        name="authorize_select_account",
    ),
    path("authorize/decline/<uuid:request_id>/", authorize.decline, name="authorize_decline"),
    path(
        "authorize/not-for-you/<uuid:request_id>/",
        authorize.not_for_you,
        name="authorize_not_for_you",
    ),
    path("", start, name="start"),
    path("device", device, name="device"),
    path("accounts/requests/", backchannel_requests.requests, name="backchannel_requests"),
    path(
        "accounts/requests/<uuid:request_id>/",
        backchannel_requests.answer,
        name="backchannel_request",
    ),
    path("accounts/login/", SignInView.as_view(), name="account_login"),
    path("accounts/upstream/", include("idp.upstream.urls")),
    path("accounts/", include("idp.accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("consent.urls")),
    path("logout", logout.logout, name="logout"),
    path("logout/confirm/", logout.confirm, name="logout_confirm"),
    path("admin/", admin.site.urls),
]

handler400 = "idp.web.error_responses.bad_request"
handler403 = "idp.web.error_responses.forbidden"
handler404 = "idp.web.error_responses.not_found"
handler429 = "idp.web.error_responses.too_many_requests"
handler500 = "idp.web.error_responses.server_error"
