"""The provider as a resource server sees it: its addresses, keys and answers."""
