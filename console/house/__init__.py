"""The house's own name: what it is called, what it looks like, and what its mails say."""
