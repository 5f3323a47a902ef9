"""The relying party: discovery, the request, the answer, the ID token (OIDC Core §3.1)."""
