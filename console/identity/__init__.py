"""People, groups, risk, and how people sign in."""
