"""Rules, owners, labels, delegations; approvals to be looked at and revoked."""
