"""What acts do, and who does them, in kind."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What was done."""

    ASKED = "asked", _("Asked")
    SHOWN = "shown", _("Shown")
    GRANTED = "granted", _("Granted")
    DENIED = "denied", _("Denied")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Taken back")
    REOPENED = "reopened", _("May be asked again")
    MINTED = "minted", _("Token issued")
    ERASED = "erased", _("Personal data erased")
    EXPORTED = "exported", _("Records exported")
    SESSION_ENDED = "session_ended", _("Session ended")
    CREDENTIAL_SET = "credential_set", _("Sign-in set by somebody else")
    INVITED = "invited", _("Invited")
    INVITATION_USED = "invitation_used", _("Invitation used")
    UNINVITED = "uninvited", _("Invitation withdrawn")
    LET_GO = "let_go", _("Access ended")
    FACTOR_ADDED = "factor_added", _("Way of signing in added")
    FACTOR_REMOVED = "factor_removed", _("Way of signing in removed")
    FACTOR_COPIED = "factor_copied", _("Copy of a key found")
    RECOVERY_CODE_USED = "recovery_used", _("Recovery code used")
    RECOVERY_CODES_MADE = "recovery_codes", _("Recovery codes made")
    RESET_ASKED = "reset_asked", _("Reset of a sign-in asked for")
    RESET_STOPPED = "reset_stopped", _("Reset of a sign-in stopped")
    RESET_DONE = "reset_done", _("Sign-in reset")
    SECRET_ROTATED = "secret_rotated", _("Secret replaced")
    HISTORY_RESUMED = "history_resumed", _("History taken up again")
    CREATED = "created", _("Made")
    CHANGED = "changed", _("Changed")
    REMOVED = "removed", _("Removed")
    FOUND = "found", _("Found, made without an act")
    DELEGATED = "delegated", _("Standing in arranged")
    DELEGATION_ENDED = "delegation_ended", _("Standing in ended")
    QUERY_REQUESTED = "query_requested", _("Approval requested")
    QUERY_VIEWED = "query_viewed", _("Request looked at")
    QUERY_VOTED = "query_voted", _("Vote given")
    QUERY_APPROVED = "query_approved", _("Approval given")
    QUERY_OVERRIDDEN = "query_overridden", _("Emergency access taken")
    QUERY_DENIED = "query_denied", _("Approval denied")
    QUERY_EXPIRED = "query_expired", _("Approval expired")
    QUERY_CANCELLED = "query_cancelled", _("Request withdrawn")
    QUERY_MINTED = "query_minted", _("Token of an approval issued")
    QUERY_CONSUMED = "query_consumed", _("Token of an approval used")
    QUERY_EXECUTED = "query_executed", _("Executed")
    QUERY_FAILED = "query_failed", _("Failed")
    QUERY_UNKNOWN = "query_unknown", _("Outcome unknown")
    QUERY_REPLAYED = "query_replayed", _("Second use refused")
    QUERY_REVOKED = "query_revoked", _("Approval revoked")


class Actor(models.TextChoices):
    """Who did it, in kind; which one is in the personal part."""

    PERSON = "person", _("The person")
    CLIENT = "client", _("The application")
    ADMINISTRATOR = "administrator", _("An administrator")
    COMMAND = "command", _("A command")
    SYSTEM = "system", _("The system")
    APPROVER = "approver", _("Another person")
    RESOURCE_SERVER = "resource_server", _("The resource server")
    OUTSIDE = "outside", _("Somebody in the database")
