"""What the protocol fixes, with nothing behind it: paths, the method of PKCE."""
