"""The provider's public keys (RFC 7517 §5): next, active and retiring ones."""

from idp.endpoints.documents import Document
from idp.tokens.keys import key_ring

jwks = Document(lambda: {"keys": key_ring().jwks})
