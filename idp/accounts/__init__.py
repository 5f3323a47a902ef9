"""People: sign-in, sessions, the account pages."""
