"""People of LDAP directories: how they sign in by bind, and how they are kept in step."""
