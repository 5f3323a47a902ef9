"""What has to be asked, and why."""
