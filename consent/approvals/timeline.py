"""The acts of approvals, as the person who asked reads them in their history."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from foundation.journal.models import Kind

SENTENCES: Mapping[str, Callable[[], str]] = {
    Kind.QUERY_REQUESTED: lambda: _("%(application)s asked for your sake to do one exact thing."),
    Kind.QUERY_VIEWED: lambda: _("You looked at what %(application)s wants to do."),
    Kind.QUERY_VOTED: lambda: _("You answered what %(application)s wants to do."),
    Kind.QUERY_APPROVED: lambda: _("You approved what %(application)s wants to do."),
    Kind.QUERY_OVERRIDDEN: lambda: _("Emergency access: you let %(application)s go ahead alone."),
    Kind.QUERY_DENIED: lambda: _("You denied what %(application)s wants to do."),
    Kind.QUERY_EXPIRED: lambda: _("The request of %(application)s ran out of time."),
    Kind.QUERY_CANCELLED: lambda: _("You withdrew the request of %(application)s."),
    Kind.QUERY_MINTED: lambda: _("%(application)s got a token for what was approved."),
    Kind.QUERY_CONSUMED: lambda: _("%(application)s used the token."),
    Kind.QUERY_EXECUTED: lambda: _("What %(application)s asked for was done."),
    Kind.QUERY_FAILED: lambda: _("What %(application)s asked for failed."),
    Kind.QUERY_UNKNOWN: lambda: _("Nobody reported what became of the request of %(application)s."),
    Kind.QUERY_REPLAYED: lambda: _("A further use of a token of %(application)s was refused."),
    Kind.QUERY_REVOKED: lambda: _("An approval for %(application)s was taken back."),
}

OF_ANOTHER: Mapping[str, Callable[[], str]] = {
    Kind.QUERY_VIEWED: lambda: _("An approver looked at what %(application)s wants to do."),
    Kind.QUERY_VOTED: lambda: _("An approver answered what %(application)s wants to do."),
    Kind.QUERY_APPROVED: lambda: _("Approved by others: what %(application)s wants to do."),
    Kind.QUERY_DENIED: lambda: _("An approver denied what %(application)s wants to do."),
}
"""Acts of somebody other than the person who asked."""
