"""The account pages: ours first, then the rest of allauth's."""

from django.urls import include, path
from django.views.decorators.cache import never_cache

from idp.accounts import views
from idp.accounts.browser_sessions.sign_ins import SignInsView
from idp.accounts.enforcing.pages import DueView
from idp.accounts.factors.confirming import ConfirmView
from idp.accounts.invitations.views import InvitationView, welcome
from idp.accounts.personal.data import OwnDataView
from idp.accounts.resets.views import StopResetView, stop_mine

urlpatterns = [
    path("", never_cache(views.home), name="account"),
    path(
        "reauthenticate/",
        ConfirmView.as_view(),
        name="account_reauthenticate",
    ),
    path("switch/", views.switch_account, name="switch_account"),
    path("email/", never_cache(views.EmailView.as_view()), name="account_email"),
    path("sessions/", never_cache(views.SessionsView.as_view()), name="usersessions_list"),
    path("sign-ins/", SignInsView.as_view(), name="sign_ins"),
    path("invitation/<str:secret>/", InvitationView.as_view(), name="invitation"),
    path("data/", OwnDataView.as_view(), name="own_data"),
    path("welcome/", welcome, name="welcome"),
    path("reset/<str:secret>/", StopResetView.as_view(), name="stop_reset"),
    path("security/reset/stop/", stop_mine, name="stop_my_reset"),
    path("due/", DueView.as_view(), name="factor_due"),
    path("", include("idp.accounts.factors.urls")),
    path("", include("allauth.account.urls")),
]
