"""Invitations: sent by administrators, accepted by whoever reads the mail."""
