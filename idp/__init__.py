"""The OpenID Provider: people, relying parties, authorization requests, tokens, keys."""
