"""The rules of the authorization endpoint, one file each. Their order is in `pipeline`."""
