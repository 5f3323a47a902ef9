"""The paths of approvals, under `approvals/`."""

from django.urls import path

from consent.approvals.views import decide, delegations, inbox, receipt, waiting

urlpatterns = [
    path("", inbox.inbox, name="approvals"),
    path("delegations/", delegations.delegations, name="delegations"),
    path("delegations/<int:pk>/end/", delegations.end_delegation, name="end_delegation"),
    path("<uuid:pk>/", decide.decide, name="approval"),
    path("<uuid:pk>/receipt/", receipt.receipt, name="approval_receipt"),
    path("<uuid:pk>/waiting/", waiting.waiting, name="approval_waiting"),
    path("<uuid:pk>/withdraw/", waiting.withdraw, name="approval_withdraw"),
    path("<uuid:pk>/go-ahead/", waiting.go_ahead, name="approval_go_ahead"),
]
