"""What stands between a person and an application: grants and decisions."""
