"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators, not by whoever passes by."""

    def is_open_for_signup(self, request: object) -> bool:  # noqa: ARG002
        """Say no: people come from the administrator or a directory."""
        return False
