"""The paths of the consent screen, of My access, and of the history."""

from django.urls import include, path

from consent.my_access.views import access, history, receipt, refusals
from consent.screen import views as review

app_name = "consent"
urlpatterns = [
    path("approvals/", include("consent.approvals.urls")),
    path("consent/<uuid:pk>/", review.review, name="review"),
    path("account/access/", access.overview, name="access"),
    path("access/refused/", refusals.overview, name="refusals"),
    path("access/refused/<str:reference>", refusals.refusal, name="refusal"),
    path("account/history/", history.timeline, name="history"),
    path("account/access/<uuid:pk>/receipt/", receipt.read, name="receipt"),
    path("account/access/<uuid:pk>/receipt.jwt", receipt.download, name="receipt_download"),
    path("account/access/<uuid:pk>/take-back/", access.take_back, name="take_back"),
    path("account/access/<uuid:pk>/leave/", access.leave, name="leave"),
    path("account/access/<uuid:pk>/ask-again/", access.ask_again, name="ask_again"),
]
