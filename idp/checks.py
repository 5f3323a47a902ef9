"""System checks: insecure settings do not start quietly."""
