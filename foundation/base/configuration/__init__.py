"""Configuration that is kept in process, and the epoch that says when it is old."""
