"""Providers upstream."""

from django.urls import path

from idp.upstream import going, logging_out, returning
from idp.upstream.accounts import AccountView

urlpatterns = [
    path("", going.sign_in, name="upstream"),
    path("confirm/", going.confirm, name="upstream_confirm"),
    path("connected/<uuid:key>/", AccountView.as_view(), name="upstream_account"),
    path("<slug:slug>/connect/", going.ConnectView.as_view(), name="upstream_connect"),
    path("<slug:slug>/logout/", logging_out.logout, name="upstream_logout"),
    path("<slug:slug>/callback/", returning.come_back, name="upstream_callback"),
]
