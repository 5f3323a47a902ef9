"""Where everything is."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "idp.error_responses.bad_request"
handler403 = "idp.error_responses.forbidden"
handler404 = "idp.error_responses.not_found"
handler500 = "idp.error_responses.server_error"
