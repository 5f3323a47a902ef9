"""The token endpoint: its steps in order, and the grant types it knows."""
