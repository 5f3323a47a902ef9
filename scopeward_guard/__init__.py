"""The library for resource servers: validate a token, decide, challenge, consume, report.

It imports nothing of the provider, and Django only in `adapters.django`. Import from its modules;
this package itself pulls nothing in.
"""

__version__ = "0.1.0"
