"""The deny-list: what resource servers refuse although its signature is good.

A resource server that validates JWTs itself does not ask whether they still count. So whatever is
taken back is listed here until the last token that had it has expired. The list follows the
tables and never decides: the endpoints of the provider ask the tables.
"""

from foundation.journal.deny_list.publishing import (
    clear_expired,
    deny_families,
    deny_grants,
    deny_token,
)
from foundation.journal.deny_list.reading import DenyListUnavailableError, current

__all__ = [
    "DenyListUnavailableError",
    "clear_expired",
    "current",
    "deny_families",
    "deny_grants",
    "deny_token",
]
