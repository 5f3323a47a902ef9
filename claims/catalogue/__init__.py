"""What can be asked for: scopes, types of authorization details, labels and owners of data."""
