"""The SQL that is run: what policy demands becomes part of it."""
