"""The paths of the consent screen and of My access."""

from django.urls import path

from consent.views import access, review

app_name = "consent"
urlpatterns = [
    path("consent/<uuid:pk>/", review.review, name="review"),
    path("account/access/", access.overview, name="access"),
    path("account/access/<uuid:pk>/take-back/", access.take_back, name="take_back"),
    path("account/access/<uuid:pk>/leave/", access.leave, name="leave"),
    path("account/access/<uuid:pk>/ask-again/", access.ask_again, name="ask_again"),
]
