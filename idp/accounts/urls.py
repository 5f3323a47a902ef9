"""The account pages: ours first, then the rest of allauth's."""

from django.urls import include, path

from idp.accounts import views

urlpatterns = [
    path("", views.home, name="account"),
    path("login/", views.LoginView.as_view(), name="account_login"),
    path("reauthenticate/", views.ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("switch/", views.switch_account, name="switch_account"),
    path("email/", views.EmailView.as_view(), name="account_email"),
    path("sessions/", views.SessionsView.as_view(), name="usersessions_list"),
    path("", include("allauth.urls")),
]
