"""Factors: at sign-in, and on *Security*. The names with `mfa_` are those allauth leads to."""

from django.urls import path

from idp.accounts.factors import adding, security
from idp.accounts.factors.at_sign_in import PasskeySignInView, SecondFactorView
from idp.accounts.factors.remembering import forget_device

urlpatterns = [
    path("security/", security.security, name="security"),
    path("security/passkey/", adding.AddPasskeyView.as_view(), name="add_passkey"),
    path("security/app/", adding.AddAppView.as_view(), name="add_app"),
    path("security/codes/", adding.RecoveryCodesView.as_view(), name="recovery_codes"),
    path("security/<int:key>/", security.FactorView.as_view(), name="factor"),
    path("security/devices/", forget_device, name="forget_device"),
    path("login/second/", SecondFactorView.as_view(), name="mfa_authenticate"),
    path("login/passkey/", PasskeySignInView.as_view(), name="passkey_sign_in"),
]
