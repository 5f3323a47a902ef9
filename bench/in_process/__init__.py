"""What code costs in the process that runs it, without server and network."""
