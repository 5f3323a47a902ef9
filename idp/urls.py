"""Where everything is."""

from django.contrib import admin
from django.urls import include, path

from idp.accounts.views import start

urlpatterns = [
    path("", start, name="start"),
    path("accounts/", include("idp.accounts.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("consent.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "idp.error_responses.bad_request"
handler403 = "idp.error_responses.forbidden"
handler404 = "idp.error_responses.not_found"
handler429 = "idp.error_responses.too_many_requests"
handler500 = "idp.error_responses.server_error"
