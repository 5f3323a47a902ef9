"""A yes under which somebody put the signature of their own passkey."""
