"""The rules that OpenID Connect adds."""
