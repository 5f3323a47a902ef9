"""One thin file per endpoint."""
