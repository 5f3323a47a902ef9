"""The provider's public keys (RFC 7517 §5): next, active and retiring ones."""

from foundation.base.keys.ring import key_ring
from idp.web.documents import Document

jwks = Document(lambda: {"keys": key_ring().jwks})
