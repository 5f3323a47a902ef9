"""Signing in with an OpenID Provider upstream, and connecting an account there."""
