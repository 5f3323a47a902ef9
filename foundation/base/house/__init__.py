"""What this installation is called and looks like: set in the administration, kept in process."""
