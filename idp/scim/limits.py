"""How much one request may be and ask for."""

LONGEST_BODY = 1_048_576
"""Bytes."""
DEEPEST_BODY = 16
"""Objects and lists within each other."""
LONGEST_DOCUMENT = 65_536
"""Bytes that are kept of one person."""
LONGEST_FILTER = 2_048
MOST_TERMS = 50
PAGE, PAGE_AT_MOST = 100, 200
MOST_EVALUATED = 1_000
"""Resources that are looked at one by one for a filter that the database cannot answer."""
BULK_OPERATIONS = 100
MOST_OPERATIONS = 1_000
"""In one PATCH."""
MOST_MEMBERS = 10_000
"""In one request."""
