"""Query Desk: a relying party that knows its OpenID Provider only by the issuer's address."""
